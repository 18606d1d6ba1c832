"""A kind of import that only tests need: 小区 by name. It is what docs/extending.md shows, in one file."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.urls import include, path

from heating.audit.services import record
from heating.imports.importer import Destination, Importer
from heating.imports.models import Batch
from heating.imports.pages import ImportPages, import_urls
from heating.imports.result import Result
from heating.imports.sheet import Sheet, duplicates
from heating.imports.template import Field, Template
from heating.kit import parsing
from property.models import Community

NAME, ADDRESS = "小区", "地址"
TEMPLATE = Template(
    "小区导入",
    (
        Field(NAME, partial(parsing.name, limit=60), required=True, example="阳光小区"),
        Field(ADDRESS, parsing.note, example="阳光路 1 号"),
    ),
    key=NAME,
    sentences={"community_taken": "{field}已存在", "duplicate_community": "{field}在文件中重复"},
)


class CommunityImporter(Importer):
    kind, title, permission = "communities", "小区导入", "property.add_community"
    made = {"communities": "小区"}

    def template(self, to: Destination) -> Template:
        return TEMPLATE

    def check_rows(self, sheet: Sheet, to: Destination) -> Result:
        names = sheet.values[NAME]
        stored = set(Community.objects.filter(company_id=to.company_id).values_list("name", flat=True))
        for row in duplicates((names[row] for row in sheet.data_rows), sheet.data_rows):
            sheet.error(row, "duplicate_community", NAME)
        for row in sheet.data_rows:
            if names[row] in stored:
                sheet.error(row, "community_taken", NAME)
        return Result(sheet, sheet.errors, sheet.warnings)

    def load(self, result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
        values = result.sheet.values
        made = Community.objects.bulk_create(
            Community(
                company_id=to.company_id,
                office_id=to.office_id,
                name=values[NAME][row],
                address=values[ADDRESS][row] or "",
                batch_id=batch.pk,
            )
            for row in result.good_rows()
        )
        record(to.actor, "community.import", batch, after={"communities": len(made)}, office_id=to.office_id)
        return {"communities": len(made)}

    def undo(self, batch: Batch, to: Destination) -> dict[str, Any]:
        gone, _ = Community.objects.filter(batch_id=batch.pk).delete()
        record(to.actor, "community.import_undo", batch, after={"communities": gone}, office_id=to.office_id)
        return {"communities": gone}

    def stands(self, batch: Batch) -> bool:
        return Community.objects.filter(batch_id=batch.pk).count() == batch.counts["made"]["communities"]


class CommunityImport(ImportPages):
    kind, permission, stem = "communities", "property.add_community", "sample:community"


urlpatterns = [
    path("sample/", include((import_urls("communities/import/", CommunityImport), "sample"))),
    path("", include("heating.urls")),
]
