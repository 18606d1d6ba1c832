"""The back office in a browser that keeps the site's Content-Security-Policy; `page` fails on any console error."""

from __future__ import annotations

from pathlib import Path

import pytest
import tablib
from playwright.sync_api import Page, expect

from accounts.models import DataScope
from heating.kit.backoffice.workbook import Workbook
from org.models import Office, Parameter
from tests.browser import sign_in
from tests.platform.furnished import SEE, WRITE, furnish, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company(page: Page, live: str) -> Office:
    """Signed in with all data and every permission of the back office."""
    own = furnish("金鸦公司")
    sign_in(page, live, staff("sam", own, *SEE, *WRITE, "property.view_sensitive", scope=DataScope.ALL))
    return own


def test_lists_forms_drop_downs_and_the_import_work_under_the_policy(
    page: Page, live: str, company: Office, tmp_path: Path
) -> None:
    page.goto(f"{live}/admin/")
    expect(page.get_by_role("link", name="热力缴费管理系统 · 后台")).to_be_visible()
    for path in ("billing/order/", "audit/record/", "org/office/?kind__exact=company&q=金鸦"):
        page.goto(f"{live}/admin/{path}")
        expect(page.locator("#result_list")).to_contain_text("金鸦公司")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator("#id_name")).to_have_value("金鸦公司")

    page.goto(f"{live}/admin/org/office/add/")
    page.locator(".field-parent .select2-selection").click()
    page.locator(".select2-search__field").fill("金鸦")
    page.get_by_role("option", name="金鸦公司").click()
    page.locator("#id_name").fill("北站")
    page.locator("#id_kind").select_option("site")
    page.locator("#id_level").select_option("2")
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist")).to_contain_text("北站")
    assert Office.objects.get(name="北站").parent == company

    page.goto(f"{live}/admin/org/office/")
    page.locator(".import_link").click()
    rows = tablib.Dataset(
        ("N1", "南站", company.code, "站点", "二级"),
        headers=("机构编码", "机构名称", "上级机构编码", "机构类型", "机构级别"),
    )
    (tmp_path / "a.xlsx").write_bytes(Workbook().export_data(rows))
    page.locator("#id_import_file").set_input_files(tmp_path / "a.xlsx")
    page.locator("input[type=submit]").click()
    expect(page.locator(".import-preview")).to_contain_text("南站")
    page.locator("input[name=confirm]").click()
    expect(page.locator(".messagelist")).to_contain_text("1")
    assert Office.objects.filter(name="南站").exists()
    with page.expect_download() as download:
        page.locator(".export_link").click()
    assert download.value.suggested_filename.startswith("机构-")


def test_a_deletion_is_asked_and_one_leaves_by_the_one_sign_out(page: Page, live: str, company: Office) -> None:
    row = Parameter.objects.get()
    page.goto(f"{live}/admin/org/parameter/{row.pk}/change/")
    page.locator("#id_value").fill("新备注")
    page.locator("input[name=_save]").click()
    row.refresh_from_db()
    assert row.value == "新备注"
    page.goto(f"{live}/admin/org/dictentry/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".deletelink").click()
    page.locator("#content input[type=submit]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    page.locator("#logout-form button").click()
    expect(page).to_have_url(f"{live}/a/login")
    page.goto(f"{live}/admin/org/")
    expect(page).to_have_url(f"{live}/a/login?next=/admin/org/")
