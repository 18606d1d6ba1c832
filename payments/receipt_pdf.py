"""缴费回单 on paper: A5, 241 mm tractor feed and 80 mm roll."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from heating.kit.pdf import Sheet, paragraph, render, render_roll, rule

SHEETS = {"A5": Sheet(210 * mm, 148 * mm, 9 * mm), "241mm": Sheet(241 * mm, 139.7 * mm, 14 * mm)}
ROLL_WIDTH, ROLL_MARGIN = 80 * mm, 4 * mm
LINE = "#444444"
# The amounts of an order that a receipt keeps.
AMOUNTS = (
    "principal", "paid_before", "paid_now", "late_before", "late_now", "late_left", "late_waived", "left",
)  # fmt: skip


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
    def reprinted(self) -> str:
        """补打, with its number, person and time; nothing on the first printing."""
        if not self.reprint:
            return ""
        return f"补打 第{self.reprint}次 {self.printed_by} {self.printed_at:%Y-%m-%d %H:%M}"

    def marks(self) -> list[Flowable]:
        """What stands under the title: 作废 large, with who, when and why; then 补打."""
        story: list[Flowable] = []
        if self.void:
            story.append(paragraph("作　废", size=24, bold=True, align="center"))
            story.append(paragraph(self.void, size=9, bold=True, align="center"))
        if self.reprinted:
            story.append(paragraph(self.reprinted, size=9, bold=True, align="right"))
        return story


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
    story += slip.marks()
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


@dataclass(frozen=True)
class Row:
    """One line of the bill part: 应缴 − 已缴 − 本次 = 尚欠. Amounts in 元."""

    label: str
    text: str
    payable: Decimal
    before: Decimal
    now: Decimal
    left: Decimal

    def __add__(self, other: Row) -> Row:
        return Row(
            self.label,
            "",
            self.payable + other.payable,
            self.before + other.before,
            self.now + other.now,
            self.left + other.left,
        )

    @property
    def amounts(self) -> list[str]:
        return [f"{amount:,.2f}" for amount in (self.payable, self.before, self.now, self.left)]


def _order_rows(order: dict[str, Any]) -> list[Row]:
    """Return the principal and, if there is one, the late fee of an order."""
    get = {name: Decimal(order[name]) for name in AMOUNTS}
    left = get["left"] - get["late_left"]
    text = "；".join(filter(None, (_explained(order), _area(order))))
    rows = [Row(f"{order['fee']}本金", text, get["principal"], get["paid_before"], get["paid_now"], left)]
    # What stays due of the late fee is told by the order; less was charged where some of it was waived.
    payable = get["late_before"] + get["late_now"] + get["late_left"]
    if payable or get["late_waived"]:
        waived = f"；已减免 {get['late_waived']:,.2f}" if get["late_waived"] else ""
        text = order["late_text"] + waived
        rows.append(Row("滞纳金", text, payable, get["late_before"], get["late_now"], get["late_left"]))
    return rows


def _explained(order: dict[str, Any]) -> str:
    """Say how the principal comes about: its lines with their sums, where there is more than one."""
    lines = [
        f"{line['label']} {line['text']} {'-' if line['sign'] < 0 else ''}{money(line['amount'])}"
        for line in order["lines"]
    ]
    return "；".join(lines) if len(lines) > 1 else "".join(line["text"] for line in order["lines"])


def _total(rows: list[Row], label: str) -> Row:
    return replace(sum(rows[1:], start=rows[0]), label=label, text="")


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
    titles = ("采暖季", "项目", "计算", "应缴", "已缴", "本次", "尚欠")
    table = [[paragraph(text, size=8, grey=True, align="right" if i > 2 else "left") for i, text in enumerate(titles)]]
    everything: list[Row] = []
    for order in c["orders"]:
        rows = _order_rows(order)
        everything += rows
        season = order["season"]
        for row in [*rows, _total(rows, "小计")] if len(rows) > 1 else rows:
            table.append(_cells(season, row, bold=row.label == "小计"))
            season = ""
    if len(c["orders"]) > 1:
        table.append(_cells("", _total(everything, "合计"), bold=True))
    if Decimal(c["prepaid"]):
        cells = ["", "转入预存款", f"预存款余额 {money(c['balance'])} 元", "", "", money(c["prepaid"]), ""]
        table.append([paragraph(t, size=8.5, align="right" if i > 2 else "left") for i, t in enumerate(cells)])
    return _grid(table, [width * share for share in (0.135, 0.105, 0.32, 0.11, 0.11, 0.11, 0.11)])


def _cells(season: str, row: Row, *, bold: bool) -> list[Flowable]:
    texts = [paragraph(season, size=8.5), paragraph(row.label, size=8.5, bold=bold), paragraph(row.text, size=8)]
    return texts + [paragraph(amount, size=8.5, bold=bold, align="right") for amount in row.amounts]


def _sums(c: dict[str, Any], width: float) -> Table:
    rows = [
        [
            paragraph(f"缴费前欠缴合计　{money(c['due_before'])}", size=9),
            paragraph(f"实缴　￥{money(c['amount'])}", size=11, bold=True),
            paragraph(c["capitals"], size=10, bold=True),
            paragraph(f"余欠合计　{money(c['left'])}", size=9),
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
    story += slip.marks()
    who = [("回单号", slip.number), ("缴费账号", c["account_no"]), ("业主", c["owner"]), ("地址", c["address"])]
    story += [_two(label, value, width) for label, value in who]
    story.append(rule(width))
    story += _roll_orders(c, width)
    story += [
        rule(width),
        _two("缴费前欠缴合计", money(c["due_before"]), width, right=True),
        _two("实缴", f"￥{money(c['amount'])}", width, right=True, bold=True),
        paragraph(c["capitals"], size=9, bold=True),
        _two("余欠合计", money(c["left"]), width, right=True),
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
        story.append(paragraph(order["season"], size=8.5, bold=True))
        rows = _order_rows(order)
        for row in [*rows, _total(rows, "小计")] if len(rows) > 1 else rows:
            story += _roll_row(row, width)
    if Decimal(c["prepaid"]):
        story.append(_two("转入预存款", money(c["prepaid"]), width, right=True))
    return story


def _roll_row(row: Row, width: float) -> list[Flowable]:
    payable, before, now, left = row.amounts
    story: list[Flowable] = [_two(f"{row.label} 应缴", payable, width, right=True)]
    if row.text:
        story.append(paragraph(row.text, size=7.5, grey=True))
    if row.before:
        story.append(_two("　已缴", before, width, right=True))
    return [*story, _two("　本次", now, width, right=True), _two("　尚欠", left, width, right=True)]


def _two(label: str, value: str, width: float, *, right: bool = False, bold: bool = False) -> Table:
    cells = [paragraph(label, size=8.5), paragraph(value, size=8.5, bold=bold, align="right" if right else "left")]
    share = 0.4 if right else 0.24
    return _grid([cells], [width * share, width * (1 - share)], boxed=False)
