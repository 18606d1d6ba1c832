"""The template that people download: drop-downs, notes, widths, text columns; filled in, it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from heating.imports.importer import IMPORTERS, Destination
from heating.imports.template_workbook import template_workbook
from org.models import DictEntry
from tests import build
from tests.imports.files import room

pytestmark = pytest.mark.django_db


@pytest.fixture
def to() -> Destination:
    site = build.site(build.company())
    build.product(build.season(site.company))
    return Destination(site.company_id, site.pk, None, timezone.localdate())


def written(kind: str, to: Destination, path: Path) -> Any:
    template_workbook(path, IMPORTERS[kind].template(to))
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("kind", ["rooms", "owners", "users"])
def test_every_kind_has_a_template_with_notes_and_text_columns(kind: str, to: Destination, tmp_path: Path) -> None:
    book = written(kind, to, tmp_path / "t.xlsx")
    sheet, fields = book.worksheets[0], IMPORTERS[kind].template(to).fields
    assert [cell.value for cell in sheet[1]] == [f.name + ("*" if f.required else "") for f in fields]
    assert all("必填" in c.comment.text or "可空" in c.comment.text for c in sheet[1])
    assert all(sheet.column_dimensions[c.column_letter].number_format == "@" for c in sheet[1])
    assert all(sheet.column_dimensions[c.column_letter].width >= 12 for c in sheet[1])
    assert [s.title for s in book.worksheets] == [sheet.title, "填写说明", "选项"]
    assert book["选项"].sheet_state == "hidden" and sheet.freeze_panes == "A2"


def test_columns_of_fixed_words_have_drop_downs_with_the_words_in_use(to: Destination, tmp_path: Path) -> None:
    DictEntry.objects.create(dictionary="relief", code="heroes", label="=烈属", sort=9)
    book = written("rooms", to, tmp_path / "t.xlsx")
    sheet = book.worksheets[0]
    heads = {cell.column_letter: cell.value for cell in sheet[1]}
    rules = {heads[str(rule.sqref).split("2:")[0]]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert set(rules) == {"用户类型", "优抚类型", "产品编号", "供热状态"}
    letter = next(letter for letter, name in heads.items() if name == "优抚类型")
    words = [cell.value for cell in book["选项"][letter] if cell.value]
    assert words == ["普通", "低保户", "特审户", "=烈属"] and rules["优抚类型"].endswith(f"${letter}$4")
    assert all(cell.data_type == "s" for cell in book["选项"][letter] if cell.value)


def test_a_filled_in_template_is_read(to: Destination, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = written("rooms", to, path)
    sheet = book.worksheets[0]
    for cell in sheet[1]:
        sheet.cell(2, cell.column).value = room(1).get(cell.value.rstrip("*"))
    book.save(path)
    assert IMPORTERS["rooms"].check(path, to).counts()["ok"] == 1
