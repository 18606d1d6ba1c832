"""缴费回单 on paper: A5, 241 mm tractor feed and 80 mm roll (domain.md §5.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from heating.kit.pdf import Sheet, paragraph, render, render_roll, rule

SHEETS = {"A5": Sheet(210 * mm, 148 * mm, 9 * mm), "241mm": Sheet(241 * mm, 139.7 * mm, 14 * mm)}
ROLL_WIDTH, ROLL_MARGIN = 80 * mm, 4 * mm
LINE = "#444444"


@dataclass(frozen=True)
class Slip:
    """One printing: the stored content with its number, and what differs from printing to printing."""

    content: dict[str, Any]
    number: str
    printed_at: datetime
    printed_by: str
    reprint: int = 0
    void: str = ""

    @property
    def marks(self) -> str:
        """作废 and 补打 as they stand beside the title."""
        marks = [f"作废（{self.void}）"] if self.void else []
        if self.reprint:
            marks.append(f"补打 第{self.reprint}次 {self.printed_by} {self.printed_at:%Y-%m-%d %H:%M}")
        return "  ".join(marks)


def receipt_pdf(slip: Slip, *, paper: str) -> bytes:
    """Return the receipt as PDF on `paper` ("A5", "241mm" or "80mm"). Every value is printed as plain text."""
    title = f"缴费回单 {slip.number}"
    if paper == "80mm":
        return render_roll(_roll(slip), width=ROLL_WIDTH, margin=ROLL_MARGIN, title=title)
    sheet = SHEETS[paper]
    return render(_page(slip, sheet.inner_width), sheet=sheet, title=title)


def money(text: str) -> str:
    """Write an amount with thousands separators: 2149.20 → 2,149.20."""
    return f"{Decimal(text):,.2f}"


def _page(slip: Slip, width: float) -> list[Flowable]:
    c = slip.content
    head = Table(
        [
            [
                paragraph(f"{c['company']}　供热缴费回单", size=14, bold=True),
                paragraph(f"No. {slip.number}", size=10, align="right"),
            ]
        ],
        colWidths=[width * 0.68, width * 0.32],
    )
    story: list[Flowable] = [head]
    if slip.marks:
        story.append(paragraph(slip.marks, size=9, bold=True, align="right"))
    story += [_who(c, width), Spacer(1, 1.5 * mm), _lines(c, width), Spacer(1, 1.5 * mm), _sums(c, width)]
    story.append(_foot(slip, width))
    return story


def _grid(rows: list[list[Any]], widths: list[float], *, boxed: bool = True) -> Table:
    style = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    if boxed:
        style.append(("GRID", (0, 0), (-1, -1), 0.4, LINE))
    return Table(rows, colWidths=widths, style=style, repeatRows=1 if boxed and len(rows) > 4 else 0)


def _pair(label: str, value: str) -> list[Flowable]:
    return [paragraph(label, size=8, grey=True), paragraph(value, size=9)]


def _who(c: dict[str, Any], width: float) -> Table:
    rows = [
        [*_pair("缴费账号", c["account_no"]), *_pair("业主", c["owner"]), *_pair("缴费时间", c["paid_at"])],
        [*_pair("地址", c["address"]), *_pair("支付方式", _channel(c)), *_pair("收费站点", c["site"])],
    ]
    return _grid(rows, [width * share for share in (0.09, 0.31, 0.09, 0.19, 0.09, 0.23)])


def _channel(c: dict[str, Any]) -> str:
    return " ".join(filter(None, (c["channel"], c["transaction_id"])))


def _order_rows(order: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return (项目, 计算, 金额) of one order: its lines, late fee, and what was paid for it now."""
    rows = [
        (line["label"], line["text"], ("-" if line["sign"] < 0 else "") + money(line["amount"]))
        for line in order["lines"]
    ]
    if not rows:
        rows.append((order["fee"], "", money(order["principal"])))
    if Decimal(order["late_fee"]):
        rows.append((order["late_label"], order["late_text"], money(order["late_fee"])))
    if Decimal(order["late_waived"]):
        rows.append(("滞纳金减免", "", "-" + money(order["late_waived"])))
    return rows


def _area(order: dict[str, Any]) -> str:
    parts = [f"建筑面积 {order['floor_area']}㎡"] if order["floor_area"] else []
    if Decimal(order["over_area"]):
        parts.append(f"超高 {order['over_area']}㎡")
    if Decimal(order["charge_area"]):
        parts.append(f"计费 {order['charge_area']}㎡")
    if order["price"]:
        parts.append(order["price"])
    return "，".join(parts)


def _lines(c: dict[str, Any], width: float) -> Table:
    head = [paragraph(text, size=8, grey=True) for text in ("采暖季", "项目", "计算", "应缴金额", "本次缴纳", "尚欠")]
    rows = [head]
    for order in c["orders"]:
        paid = Decimal(order["paid_now"]) + Decimal(order["late_now"])
        for index, (label, text, amount) in enumerate(_order_rows(order)):
            first = index == 0
            where = order["season"] if first else ""
            explained = "；".join(filter(None, (text, _area(order) if first else "")))
            rows.append(
                [
                    paragraph(where, size=8.5),
                    paragraph(label, size=8.5),
                    paragraph(explained, size=8),
                    paragraph(amount, size=8.5, align="right"),
                    paragraph(money(str(paid)) if first else "", size=8.5, align="right"),
                    paragraph(money(order["left"]) if first else "", size=8.5, align="right"),
                ]
            )
    if Decimal(c["prepaid"]):
        cells = ["", "转入预存款", f"预存款余额 {money(c['balance'])} 元", "", money(c["prepaid"]), ""]
        rows.append([paragraph(t, size=8.5, align="right" if i == 4 else "left") for i, t in enumerate(cells)])
    return _grid(rows, [width * share for share in (0.145, 0.12, 0.375, 0.12, 0.12, 0.12)])


def _sums(c: dict[str, Any], width: float) -> Table:
    rows = [
        [
            paragraph(f"应缴合计　{money(c['due_before'])}", size=9),
            paragraph(f"实缴　￥{money(c['amount'])}", size=11, bold=True),
            paragraph(c["capitals"], size=10, bold=True),
            paragraph(f"余欠　{money(c['left'])}", size=9),
        ]
    ]
    return _grid(rows, [width * share for share in (0.22, 0.22, 0.38, 0.18)])


def _foot(slip: Slip, width: float) -> Table:
    c = slip.content
    phone = f"客服电话 {c['phone']}" if c["phone"] else ""
    rows = [
        [
            paragraph(f"收费员　{c['cashier']}", size=8.5),
            paragraph(f"打印时间　{slip.printed_at:%Y-%m-%d %H:%M:%S}", size=8.5),
            paragraph("收费单位（盖章）", size=8.5),
        ],
        [paragraph(phone, size=8, grey=True), paragraph(c["note"], size=8, grey=True), ""],
    ]
    return _grid(rows, [width * share for share in (0.3, 0.4, 0.3)], boxed=False)


def _roll(slip: Slip) -> list[Flowable]:
    c = slip.content
    width = ROLL_WIDTH - 2 * ROLL_MARGIN
    story: list[Flowable] = [
        paragraph(c["company"], size=11, bold=True, align="center"),
        paragraph("供热缴费回单", size=10, align="center"),
    ]
    if slip.marks:
        story.append(paragraph(slip.marks, size=9, bold=True, align="center"))
    who = [("回单号", slip.number), ("缴费账号", c["account_no"]), ("业主", c["owner"]), ("地址", c["address"])]
    story += [_two(label, value, width) for label, value in who]
    story.append(rule(width))
    story += _roll_orders(c, width)
    story += [
        rule(width),
        _two("应缴合计", money(c["due_before"]), width, right=True),
        _two("实缴", f"￥{money(c['amount'])}", width, right=True, bold=True),
        paragraph(c["capitals"], size=9, bold=True),
        _two("余欠", money(c["left"]), width, right=True),
        rule(width),
    ]
    tail = [
        ("支付方式", _channel(c)),
        ("缴费时间", c["paid_at"]),
        ("收费员", c["cashier"]),
        ("站点", c["site"]),
        ("打印时间", f"{slip.printed_at:%Y-%m-%d %H:%M:%S}"),
    ]
    story += [_two(label, value, width) for label, value in tail]
    story.append(paragraph("收费单位（盖章）", size=8.5))
    story.append(Spacer(1, 12 * mm))
    story += [paragraph(text, size=8, align="center") for text in (c["phone"], c["note"]) if text]
    return story


def _roll_orders(c: dict[str, Any], width: float) -> list[Flowable]:
    story: list[Flowable] = []
    for order in c["orders"]:
        story.append(paragraph(f"{order['season']}　{_area(order)}", size=8))
        for label, text, amount in _order_rows(order):
            story.append(_two(label, amount, width, right=True))
            if text:
                story.append(paragraph(text, size=7.5, grey=True))
        paid = Decimal(order["paid_now"]) + Decimal(order["late_now"])
        story.append(_two("本次缴纳", money(str(paid)), width, right=True))
        if Decimal(order["left"]):
            story.append(_two("尚欠", money(order["left"]), width, right=True))
    if Decimal(c["prepaid"]):
        story.append(_two("转入预存款", money(c["prepaid"]), width, right=True))
    return story


def _two(label: str, value: str, width: float, *, right: bool = False, bold: bool = False) -> Table:
    cells = [paragraph(label, size=8.5), paragraph(value, size=8.5, bold=bold, align="right" if right else "left")]
    share = 0.4 if right else 0.24
    return _grid([cells], [width * share, width * (1 - share)], boxed=False)
