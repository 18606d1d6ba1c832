"""产品 as a workbook: what goes out comes in again, and what comes in goes through the services."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import DataScope
from billing.models import Product, ProductVersion, ReliefRule
from billing.product_sheet import ProductResource
from heating.audit.models import Record
from org.models import Office
from org.services import add_office
from tests import build
from tests.platform.furnished import SEE, staff
from tests.platform.test_backoffice_workbooks import cells, confirm, upload, workbook

pytestmark = pytest.mark.django_db
URL = "/admin/billing/product/"
PERMISSIONS = ("billing.add_product", "billing.change_product")
NEW = {
    "产品编号": "RZ-NEW", "产品名称": "新产品", "产品类型": "居民", "归属机构编码": "JW",
    "采暖季": "2025-2026采暖季", "状态": "启用",
    "缴费起始时间": "2025-09-01", "缴费终止时间": "2025-12-31", "热力费单价": "25.5", "计费月数": "4", "季天数": "121",
    "低保户计算方式": "百分比", "低保户值": "50", "低保户缴费起": "2025-09-01", "低保户缴费止": "2026-01-31",
}  # fmt: skip


@pytest.fixture
def company() -> Office:
    """A company with the products A and E, beside another one with the same codes and season."""
    for name, code in (("银蟾公司", "YC"), ("金鸦公司", "JW")):
        made = build.company(name, code=code)
        season = build.season(made)
        build.product(season)
        build.product(season, build.PRODUCT_E)
    return made


@pytest.fixture
def inside(company: Office, client: Client) -> Client:
    client.force_login(staff("eve", company, *SEE, *PERMISSIONS))
    return client


def sheet(client: Client) -> list[dict[str, Any]]:
    head, *rows = cells(client.get(f"{URL}export/").content)
    return [dict(zip(head, row, strict=True)) for row in rows]


def book(*rows: dict[str, Any]) -> bytes:
    return workbook(tuple(rows[0]), *(tuple(row.values()) for row in rows))


def own(code: str) -> Product:
    return Product.objects.get(company__code="JW", code=code)


def versions() -> list[tuple[int, int, str]]:
    return list(ProductVersion.objects.order_by("id").values_list("product_id", "number", "state"))


@pytest.mark.parametrize("scope", [DataScope.COMPANY_BELOW, DataScope.ALL])
def test_what_goes_out_comes_in_again_and_changes_nothing(scope: str, company: Office, client: Client) -> None:
    client.force_login(staff("sam", company, *SEE, *PERMISSIONS, scope=scope))
    before, deeds = versions(), Record.objects.count()
    page = upload(client, URL, client.get(f"{URL}export/").content)
    assert page.count("忽略") == (4 if scope == DataScope.ALL else 2)
    confirm(client, URL, page)
    assert versions() == before and Record.objects.count() == deeds


def test_a_product_without_a_version_that_counts_comes_in_again_unchanged(inside: Client) -> None:
    own("FJ-2025").versions.update(state="draft")
    assert upload(inside, URL, inside.get(f"{URL}export/").content).count("忽略") == 2


def test_a_changed_cell_is_the_next_version_and_leaves_the_rest_as_it_was(inside: Client) -> None:
    product = own("RZ-2025")
    rules = ReliefRule.objects.filter(version__product=product)
    rules.filter(relief="special").update(lapse="standard")
    ReliefRule.objects.create(
        version=product.versions.get(), relief="hero", method="fixed", value=1,
        window_from=date(2025, 9, 1), window_to=date(2025, 9, 30), lapse="standard",
    )  # fmt: skip
    rows = sheet(inside)
    for row in rows:
        if row["产品编号"] == "RZ-2025":
            assert "hero 定额 1 2025-09-01" in row["其他优抚标准"]
            row |= {"热力费单价": "26", "特审户值": "2.5", "低保户计算方式": "", "低保户值": "", "低保户缴费起": "",
                    "低保户缴费止": ""}  # fmt: skip
    page = upload(inside, URL, book(*rows))
    assert page.count("忽略") == 1 and product.versions.count() == 1
    confirm(inside, URL, page)
    version = product.versions.get(state="effective")
    assert (version.number, version.price, version.late_value) == (2, Decimal(26), Decimal("0.05"))
    kept = version.relief_rules.order_by("relief").values_list("relief", "value", "lapse")
    assert list(kept) == [("hero", 1, "standard"), ("special", Decimal("2.5"), "standard")]
    assert Record.objects.filter(event="product.save", actor_name="eve").count() == 1
    assert Product.objects.get(company__code="YC", code="RZ-2025").versions.count() == 1


def test_a_signed_product_gets_a_draft_and_only_one(company: Office, inside: Client) -> None:
    product = own("RZ-2025")
    room = build.room(build.unit(build.building(build.community(company))), owner=build.owner(company))
    build.contract(room, product.versions.get())
    rows = [row | {"热力费单价": "26"} for row in sheet(inside) if row["产品编号"] == "RZ-2025"]
    for _ in range(2):
        page = upload(inside, URL, book(*rows))
        confirm(inside, URL, page)
    assert "忽略" in page
    states = product.versions.order_by("number").values_list("state", "price")
    assert list(states) == [("effective", 24), ("draft", 26)]


def test_a_new_product_comes_in_by_the_service(inside: Client) -> None:
    page = upload(inside, URL, book(NEW))
    assert not Product.objects.filter(code="RZ-NEW").exists() and "style=" not in page
    confirm(inside, URL, page)
    version = own("RZ-NEW").versions.get()
    assert (version.state, version.price, version.area_basis, version.late_method) == (
        "effective", Decimal("25.5"), "floor", "",
    )  # fmt: skip
    assert [(rule.relief, rule.value, rule.lapse) for rule in version.relief_rules.all()] == [
        ("low_income", 50, "keep")
    ]
    assert Record.objects.get(event="product.add").actor_name == "eve"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"缴费起始时间": "2025-09-31"}, "缴费起始时间应为日期，如 2025-09-01"),
        ({"缴费起始时间": "9999-12-31"}, "缴费起始时间应为日期，如 2025-09-01"),
        ({"缴费终止时间": "2025-08-01"}, "缴费终止时间不能早于缴费起始时间"),
        ({"缴费终止时间": ""}, "缴费终止时间不能为空"),
        ({"热力费单价": "２５"}, "热力费单价应为不小于 0 的数字，最多 4 位小数"),
        ({"热力费单价": "25.55555"}, "热力费单价应为不小于 0 的数字，最多 4 位小数"),
        ({"热力费单价": "1" * 11}, "热力费单价应为不小于 0 的数字"),
        ({"季天数": "121.5"}, "季天数应为不小于 0 的整数"),
        ({"产品类型": "住宅"}, "产品类型应为 居民 / 非居民"),
        ({"产品编号": ""}, "产品编号须填写"),
        ({"产品名称": "长" * 61}, "产品名称须填写，最多 60 个字"),
        ({"采暖季": "2031-2032采暖季"}, "采暖季“2031-2032采暖季”不存在"),
        ({"归属机构编码": "YC"}, "归属机构编码“YC”不存在，或者不在您的数据范围内"),
        ({"归属机构编码": "YC", "产品编号": "RZ-2025"}, "归属机构编码“YC”不存在，或者不在您的数据范围内"),
        ({"归属机构编码": ""}, "采暖季“2025-2026采暖季”不存在"),
        ({"状态": "停用"}, "新产品的状态应为 启用"),
        ({"低保户值": ""}, "低保户值不能为空"),
        ({"低保户计算方式": ""}, "低保户计算方式不能为空"),
        ({"低保户值": "101"}, "优抚（低保户）百分比须在 0 到 100 之间"),
        ({"滞纳金方式": "按日"}, "滞纳金值不能为空"),
        ({"超高规则": "按步长"}, "超高起点(米)不能为空"),
        ({"产品编号": "RZ-2025"}, "产品名称不能通过导入修改"),
    ],
)
def test_one_bad_row_is_told_by_a_sentence_and_nothing_comes_in(
    changes: dict[str, str], sentence: str, inside: Client
) -> None:
    before = versions()
    bad = NEW | {"产品编号": "RZ-BAD"} | changes
    good = {name: NEW.get(name, "") for name in bad}
    page = upload(inside, URL, book(good, bad))
    assert "第 3 行：" in page and sentence in page and "第 2 行" not in page and "Traceback" not in page
    assert "import_file_name" not in page and versions() == before


def test_the_code_of_another_company_is_free_and_its_product_stays(inside: Client) -> None:
    foreign = Product.objects.get(company__code="YC", code="RZ-2025")
    foreign.code = "YC-ONLY"
    foreign.save()
    confirm(inside, URL, upload(inside, URL, book(NEW | {"产品编号": "YC-ONLY"})))
    assert own("YC-ONLY").name == "新产品" and foreign.versions.count() == 1
    foreign.refresh_from_db()
    assert foreign.name == "居民热力费"


def test_what_lies_outside_the_scope_is_not_changed(company: Office, client: Client) -> None:
    below = add_office(
        {"parent": company, "name": "下属部门", "kind": "department", "level": 2, "code": "DEPT"}, actor=None
    )
    client.force_login(staff("dan", below, *SEE, *PERMISSIONS, scope=DataScope.OFFICE_BELOW))
    page = upload(client, URL, book(NEW | {"产品编号": "RZ-2025", "产品名称": "居民热力费"}))
    assert "归属机构编码“JW”不存在，或者不在您的数据范围内" in page and own("RZ-2025").versions.count() == 1


@pytest.mark.parametrize("permissions", [(), PERMISSIONS[:1], PERMISSIONS[1:]])
def test_both_permissions_are_needed(permissions: tuple[str, ...], company: Office, client: Client) -> None:
    client.force_login(staff("eve", company, *SEE, *permissions))
    assert client.get(f"{URL}import/").status_code == 403
    assert client.post(f"{URL}process_import/", {}).status_code == 403
    assert client.get(f"{URL}add/").status_code == 403


def test_the_search_by_company_is_what_keeps_the_foreign_product(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: found by the code alone, among all companies, the row would mean the first one's product."""
    Product.objects.filter(company__code="JW", code="RZ-2025").update(code="RZ-OLD")
    found = Product.objects.select_related("office", "season")
    monkeypatch.setattr(ProductResource, "get_instance", lambda _s, _l, row: found.get(code=row["产品编号"]))
    page = upload(inside, URL, book(NEW | {"产品编号": "RZ-2025", "产品名称": "居民热力费"}))
    assert "归属机构编码不能通过导入修改" in page
