"""The main job in one sitting, by the words on the page: from a workbook of rooms to a receipt and two statements."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from captcha.models import CaptchaStore
from django.core.management import call_command
from playwright.sync_api import Page, expect

from billing.models import Order
from heating.demo import build_demo
from heating.demo.accounts import PASSWORD
from payments.models import Payment, Receipt
from property.models import Room
from tests.jobs.conftest import start_worker  # noqa: F401 a fixture, asked for by name

pytestmark = [pytest.mark.browser, pytest.mark.heavy, pytest.mark.django_db(transaction=True)]

HEAD = (
    "小区* 楼幢* 单元* 户室号* 缴费账号* 建筑面积* 层高 业主姓名* 业主电话* 用户类型"
    " 优抚类型 产品编号 供热状态 往年欠费采暖季 往年欠费本金"
)
ROWS = (
    "测试花园 3号楼 2单元 501 0900000001 89.55 - 测试业主甲 17900000001 私户 普通 RZ-2025 正常 2024-2025 500.00",
    "测试花园 3号楼 2单元 502 0900000002 67.38 - 测试业主乙 17900000002 私户 低保户 RZ-2025 正常 - -",
    "测试花园 3号楼 2单元 101 0900000003 256.80 4.70 测试业主丙 17900000003 公户 普通 FJ-2025 正常 - -",
    "测试花园 3号楼 2单元 503 0900000004 54.75 - 测试业主丁 17900000004 私户 普通 - 正常 - -",
)


def workbook(path: Path) -> Path:
    """Four rooms: one with an old debt, one of a low-income owner, one shop, one without a product."""
    book = openpyxl.Workbook()
    for line in (HEAD, *ROWS):
        book.active.append([None if cell == "-" else cell for cell in line.split()])
    book.save(path)
    return path


def sign_in(page: Page, live: str, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{live}/a/login")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    key = page.locator("input[name=captcha_key]").input_value()
    page.get_by_label("验证码", exact=True).fill(CaptchaStore.objects.get(hashkey=key).response)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/a/$"))


def menu(page: Page, module: str, entry: str) -> None:
    """Open a page as the manual says: click the module, click the entry."""
    bar = page.get_by_role("navigation", name="主菜单")
    link = bar.get_by_role("link", name=entry, exact=True)
    if not link.is_visible():
        bar.get_by_role("button", name=module).click()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(entry)


def exported(page: Page) -> list[tuple[Any, ...]]:
    """Press 导出 and return the lines of the workbook."""
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    content = Path(download.value.path()).read_bytes()
    return list(openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True))


def column(lines: list[tuple[Any, ...]], label: str) -> list[Any]:
    at = lines[2].index(label)
    return [line[at] for line in lines[3:]]


def test_from_a_workbook_to_a_receipt_and_two_statements(
    page: Page, live: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    build_demo()
    request.getfixturevalue("start_worker")()
    sign_in(page, live, "company")
    menu(page, "基础信息管理", "户室导入")
    page.get_by_label("导入文件").set_input_files(workbook(tmp_path / "测试花园.xlsx"))
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_label("只导入正确的行").check(timeout=30_000)
    assert not Room.objects.filter(account_no__startswith="0900").exists()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("导入完成").first).to_be_visible(timeout=30_000)

    orders = Order.objects.filter(community__name="测试花园")
    menu(page, "缴费管理", "缴费订单管理")
    page.get_by_text("更多条件").click()
    page.get_by_label("小区").fill("测试花园")
    page.get_by_role("button", name="查询").click()
    total = sum(o.due for o in orders.all())
    expect(page.locator("tfoot")).to_contain_text(f"{total:,.2f}")
    assert column(exported(page), "欠费")[-1] == pytest.approx(float(total))

    sign_in(page, live, "cashier")
    menu(page, "缴费管理", "缴费订单管理")
    page.get_by_label("账号").fill("0900000001")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("row", name=re.compile("往年|2024-2025")).get_by_role("button", name="编辑").click()
    page.get_by_role("link", name="缴费", exact=True).click()
    due = sum(o.due for o in orders.filter(account_no="0900000001"))
    expect(page.locator("#due")).to_have_text(f"{due:,.2f}")
    page.get_by_role("radio", name="现金").check()
    page.get_by_label("收款金额").fill("1000.00")
    page.get_by_label("实收现金").fill("1000.00")
    page.get_by_role("button", name="确认收款").click()
    expect(page.get_by_text("缴费成功")).to_be_visible()
    receipt = Receipt.objects.latest("id")
    expect(page.get_by_text(receipt.number)).to_be_visible()
    with page.expect_popup() as popup:
        page.get_by_role("button", name="打印缴费回单").click()
    popup.value.close()
    assert receipt.prints.count() == 1

    menu(page, "缴费管理", "缴费记录查询")
    page.get_by_label("账号").fill("0900000001")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("link", name=receipt.number)).to_be_visible()
    assert column(exported(page), "合计")[-1] == 1000

    sign_in(page, live, "company")
    menu(page, "报表统计", "小区明细统计")
    page.get_by_label("小区名称").fill("测试花园")
    page.get_by_label("采暖季").select_option(label="全部")
    page.get_by_role("button", name="查询").click()
    figures = [sum(o.principal for o in orders.all()), Decimal("1000.00"), sum(o.arrears for o in orders.all())]
    for figure in figures:
        expect(page.locator("tfoot")).to_contain_text(f"{figure:,.2f}")
    lines = exported(page)
    assert [column(lines, n)[-1] for n in ("应缴金额", "已缴金额", "欠费金额")] == pytest.approx(
        [float(f) for f in figures]
    )
    for level in ("测试花园", "3号楼", "2单元"):
        page.get_by_role("link", name=level, exact=True).click()
    expect(page.get_by_role("cell", name="501", exact=True)).to_be_visible()

    menu(page, "报表统计", "缴费渠道统计")
    taken = sum(p.amount for p in Payment.objects.filter(state="succeeded", company__code="HR"))
    assert column(exported(page), "净额")[-1] == pytest.approx(float(taken))
    answer = StringIO()
    call_command("check_books", stdout=answer)
