"""机构, 字典 and 产品 as workbooks: out as text, in by the services, row by row, all or nothing."""

from __future__ import annotations

import os
import random
import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import DataScope
from billing.models import Product
from heating.audit.models import Record
from heating.kit.backoffice.workbook import Shelf, Workbook
from org.models import DictEntry, Office
from org.services import change_office
from tests import build
from tests.imports import hostile
from tests.platform.furnished import SEE, WRITE, furnish, staff

pytestmark = pytest.mark.django_db
OFFICES, ENTRIES = "/admin/org/office/", "/admin/org/dictentry/"
HEAD = ("机构编码", "机构名称", "上级机构编码", "机构类型", "机构级别", "状态")
HIDDEN = re.compile(r'name="(import_file_name|original_file_name|format|resource)" value="([^"]*)"')


@pytest.fixture
def company() -> Office:
    return build.company("金鸦公司")


@pytest.fixture
def inside(company: Office, client: Client) -> Client:
    client.force_login(staff("eve", company, *SEE, *WRITE))
    return client


def workbook(head: tuple[str, ...], *rows: tuple[Any, ...]) -> bytes:
    return Workbook().export_data(tablib.Dataset(*rows, headers=head))


def upload(client: Client, url: str, content: bytes, name: str = "a.xlsx") -> str:
    file = SimpleUploadedFile(name, content)
    answer = client.post(f"{url}import/", {"import_file": file, "format": "0", "resource": "0"})
    assert answer.status_code == 200
    return answer.content.decode()


def confirm(client: Client, url: str, page: str, **changes: str) -> str:
    data = dict(HIDDEN.findall(page)) | changes
    return client.post(f"{url}process_import/", data, follow=True).content.decode()


def cells(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(content)).active.rows]


def test_what_goes_out_is_text_and_only_ones_own(company: Office, inside: Client) -> None:
    build.site(build.company("银蟾公司"), "银蟾站")
    build.site(company, "=1+1", manager="@x", note="+86138", address="-2+3")
    answer = inside.get(f"{OFFICES}export/")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%9C%BA%E6%9E%84-")
    rows = cells(answer.content)
    assert rows[0][:4] == ["机构编码", "机构名称", "上级机构编码", "机构类型"]
    assert [row[1] for row in rows[1:]] == ["金鸦公司", "=1+1"]
    assert rows[2][2:5] == [company.code, "站点", "二级"] and rows[2][-1] == "启用"
    with ZipFile(BytesIO(answer.content)) as parts:
        assert b"<f>" not in b"".join(parts.read(name) for name in parts.namelist())
    assert [row[1] for row in cells(inside.get(f"{OFFICES}export/?kind__exact=site").content)[1:]] == ["=1+1"]
    assert inside.get(f"{OFFICES}export/?kind__exact=zz&id__gt=1").status_code == 400
    assert inside.get(f"{OFFICES}export/?q=zz&p=x").status_code == 200


def test_what_goes_out_comes_in_again_and_changes_nothing(company: Office, inside: Client) -> None:
    build.site(company, "=1+1")
    page = upload(inside, OFFICES, inside.get(f"{OFFICES}export/").content)
    assert page.count("忽略") == 2
    deeds = Record.objects.count()
    confirm(inside, OFFICES, page)
    assert Record.objects.count() == deeds


def test_offices_come_in_by_the_service(company: Office, inside: Client) -> None:
    old = build.site(company, "老站")
    content = workbook(
        HEAD,
        ("XZ1", "=1+1", company.code, "站点", "二级", "启用"),
        ("", "新部门", "XZ1", "部门", "三级", "停用"),
        (old.code, "老站改名", company.code, "站点", "二级", "停用"),
    )
    page = upload(inside, OFFICES, content)
    assert "老站改名" in page and "style=" not in page
    assert Office.objects.count() == 2 and not Record.objects.filter(event="office.edit").exists()
    shown = confirm(inside, OFFICES, page)
    assert "2" in shown
    added, below = Office.objects.get(name="=1+1"), Office.objects.get(name="新部门")
    assert below.path == f"{added.path}{below.pk}/" and below.code and not below.active
    old.refresh_from_db()
    assert (old.name, old.active) == ("老站改名", False)
    deeds = Record.objects.filter(actor_name="eve").order_by("id").values_list("event", flat=True)
    assert list(deeds) == ["office.add", "office.add", "office.disable", "office.edit", "office.disable"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("N1", "站", "金鸦", "站点", "二级", "启用"), "上级机构编码“金鸦”不存在，或者不在您的数据范围内"),
        (("N1", "站", "YC", "站点", "二级", "启用"), "上级机构编码“YC”不存在，或者不在您的数据范围内"),
        (("N1", "站", "HOME", "车站", "二级", "启用"), "机构类型应为 公司 / 部门 / 站点"),
        (("N1", "站", "HOME", "站点", "九级", "启用"), "机构级别应为 一级"),
        (("N1", "", "HOME", "站点", "二级", "启用"), "不能为空"),
        (("N1", "站" * 61, "HOME", "站点", "二级", "启用"), "60"),
        (("N1", "公司", "", "公司", "一级", "启用"), "请选择上级机构"),
        (("UP", "上站", "DOWN", "站点", "二级", "启用"), "上级机构不能是自己或自己的下级"),
    ],
)
def test_one_bad_row_is_told_by_a_sentence_and_nothing_comes_in(
    row: tuple[str, ...], sentence: str, client: Client
) -> None:
    home, foreign = build.company("金鸦公司", code="HOME"), build.company("银蟾公司", code="YC")
    build.site(build.site(home, "上站", code="UP"), "下站", code="DOWN")
    client.force_login(staff("eve", home, *SEE, *WRITE))
    good = ("N0", "好站", "HOME", "站点", "二级", "启用")
    page = upload(client, OFFICES, workbook(HEAD, good, row))
    assert "第 3 行：" in page and sentence in page and "第 2 行" not in page and "Traceback" not in page
    assert "import_file_name" not in page and Office.objects.count() == 4
    foreign.refresh_from_db()
    assert foreign.name == "银蟾公司"


def test_what_became_wrong_before_the_confirmation_is_told_and_nothing_comes_in(
    company: Office, inside: Client
) -> None:
    rows = [(code, code, company.code, "站点", "二级", "启用") for code in ("N1", "N2")]
    page = upload(inside, OFFICES, workbook(HEAD, *rows))
    build.site(company, "N2", code="OTHER")
    shown = confirm(inside, OFFICES, page)
    assert "第 3 行：同一上级机构下已有同名机构" in shown and "没有导入任何数据" in shown
    assert not Office.objects.filter(code__in=("N1", "N2")).exists()


@pytest.mark.parametrize(
    "changes",
    [{"import_file_name": "0" * 32}, {"import_file_name": "../../etc/passwd"}, {"import_file_name": ""},
     {"format": "7"}, {"format": "x"}, {"resource": "9"}, {"resource": "x"}],
)  # fmt: skip
def test_a_forged_confirmation_reads_and_deletes_nothing(
    changes: dict[str, str], company: Office, inside: Client, settings: Any
) -> None:
    page = upload(inside, OFFICES, workbook(HEAD, ("N1", "站", company.code, "站点", "二级", "启用")))
    before = [path.name for path in (Path(settings.MEDIA_ROOT) / "backoffice").iterdir()]
    data = dict(HIDDEN.findall(page)) | changes
    assert inside.post(f"{OFFICES}process_import/", data).status_code in (200, 302)
    assert not Office.objects.filter(code="N1").exists()
    assert [path.name for path in (Path(settings.MEDIA_ROOT) / "backoffice").iterdir()] == before


def test_the_shelf_holds_its_own_files_only(settings: Any) -> None:
    outside = Path(settings.MEDIA_ROOT) / "secret"
    outside.parent.mkdir(parents=True)
    outside.write_bytes(b"x")
    for deed in (Shelf(name="../secret").read, Shelf(name="../secret").remove, Shelf(name=str(outside)).read):
        with pytest.raises(FileNotFoundError):
            deed()
    assert outside.exists()
    shelf = Shelf()
    shelf.save(b"y")
    os.utime(outside.parent / "backoffice" / shelf.name, (0, 0))
    Shelf().save(b"z")
    with pytest.raises(FileNotFoundError):
        Shelf(name=shelf.name).read()


@pytest.mark.parametrize("kind", [*sorted(hostile.KINDS.keys() - hostile.COSTLY), "bomb in the sheet"])
def test_a_hostile_workbook_gets_a_sentence(kind: str, inside: Client) -> None:
    page = upload(inside, OFFICES, hostile.KINDS[kind][1](random.Random(kind)))
    assert 'class="errorlist"' in page and "import_file_name" not in page and "Traceback" not in page


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_gets_a_sentence(content: bytes, inside: Client) -> None:
    page = upload(inside, OFFICES, content)
    assert 'class="errorlist"' in page and "import_file_name" not in page


def test_words_come_in_for_all_data_only(company: Office, inside: Client, client: Client) -> None:
    assert inside.get(f"{ENTRIES}import/").status_code == 403
    client.force_login(staff("sam", company, *SEE, *WRITE, scope=DataScope.ALL))
    head = ("字典", "代码", "名称", "别名", "排序", "状态")
    page = upload(client, ENTRIES, workbook(head, ("优抚类型", "hero", "烈属", "烈士家属", "3", "启用")))
    confirm(client, ENTRIES, page)
    entry = DictEntry.objects.get()
    assert (entry.dictionary, entry.code, entry.label, entry.sort) == ("relief", "hero", "烈属", 3)
    page = upload(client, ENTRIES, workbook(head, ("优抚类型", "Hero 1", "英雄", "", "x", "启用")))
    assert "第 2 行：排序应为整数" in page
    page = upload(client, ENTRIES, workbook(head, ("优抚类型", "Hero 1", "英雄", "", "", "启用")))
    assert "第 2 行：代码：小写字母开头" in page
    assert cells(client.get(f"{ENTRIES}export/").content)[1] == ["优抚类型", "hero", "烈属", "烈士家属", "3", "启用"]


def test_products_go_out_with_the_figures_that_count(client: Client) -> None:
    furnish("银蟾公司")
    own = furnish("金鸦公司")
    client.force_login(staff("eve", own, *SEE))
    rows = cells(client.get("/admin/billing/product/export/").content)
    found = dict(zip(rows[0], rows[1], strict=True))
    assert len(rows) == 2 and found["产品名称"] == "金鸦公司" and found["归属机构编码"] == own.code
    assert found["热力费单价"] == "24" and found["计费方式"] == "按面积" and found["版本"] == "1"
    assert (found["特审户计算方式"], found["特审户值"], found["特审户缴费止"]) == ("定额", "3", "2026-01-31")
    assert found["缴费起始时间"] == "2025-09-01" and found["可叠加"] == "否"
    product = Product.objects.get(name="金鸦公司")
    product.versions.update(state="retired")
    assert cells(client.get("/admin/billing/product/export/").content)[1][6] in ("", None)


def test_an_office_of_another_company_is_not_changed_by_its_code(company: Office, inside: Client) -> None:
    foreign = build.site(build.company("银蟾公司", code="YC"), "银蟾站", code="YCZ")
    page = upload(inside, OFFICES, workbook(HEAD, ("YCZ", "夺走", company.code, "站点", "二级", "启用")))
    # Nothing tells that another company uses the code: the row would add an office of one's own.
    assert "import_file_name" in page and "银蟾" not in page
    foreign.refresh_from_db()
    assert foreign.name == "银蟾站"
    change_office(company.pk, {"note": "x"}, actor=staff("eve2", company, *WRITE))
