"""Imports from a shell: `manage.py intake rooms FILE --check --json`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from heating.imports.importer import IMPORTERS, Destination
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.imports.services import import_now
from heating.imports.workbook import WorkbookRefusal
from heating.imports.workbook.scan import column_letter
from heating.kit.errors import Refusal
from org.models import Office

USER_HELP = (
    "login name of the person in whose name and scope this is done; needed with --commit when rows ask for changes of"
    " stored rooms (update_request), since a request has a person who makes it"
)


class Command(BaseCommand):
    help = "Check an import file and print the outcome of each row, or import it with --commit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=IMPORTERS)
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="check only (the default)")
        parser.add_argument("--commit", action="store_true", help="import the good rows")
        parser.add_argument("--whole", action="store_true", help="with --commit: all rows or none")
        parser.add_argument("--json", action="store_true", help="print JSON in the form of the data README")
        parser.add_argument("--company", help="name of the company; needed when there are several")
        parser.add_argument("--user", help=USER_HELP)

    def handle(self, *, kind: str, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"文件不存在：{file}")
        to = destination(options["company"], options["user"])
        importer = IMPORTERS[kind]
        if to.actor is not None and not to.actor.has_perm(importer.permission):
            raise CommandError(f"用户 {to.actor} 没有“{importer.title}”的权限")
        try:
            if options["commit"]:
                answer = done(import_now(kind, file, to, whole=options["whole"]))
            else:
                result = importer.check(file, to)
                answer = report(file, result)
        except Refusal as refusal:
            code = refusal.code if isinstance(refusal, WorkbookRefusal) else "not_imported"
            self._refuse(file, code, refusal.sentence, options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, default=str))
        elif options["commit"]:
            self.stdout.write(json.dumps(answer["totals"], ensure_ascii=False, default=str))
        else:
            self._lines(result)

    def _refuse(self, file: Path, code: str, sentence: str, as_json: bool) -> NoReturn:
        if as_json:
            answer = {"file": file.name, "refused": {"code": code, "sentence": sentence}}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        raise CommandError(sentence)

    def _lines(self, result: Result) -> None:
        for row in result.sheet.data_rows:
            for issue in result.issues(row):
                self.stdout.write(f"{issue.level:5} {issue.sentence}")
        self.stdout.write("、".join(f"{name} {count}" for name, count in result.counts().items()))


def destination(company: str | None, login: str | None) -> Destination:
    """Return where the import goes: the user's own office, or the company named, or the only one."""
    user = User.objects.filter(username=login).select_related("office").first() if login else None
    if login and user is None:
        raise CommandError(f"没有用户 {login}")
    companies = Office.objects.companies()
    if company:
        companies = companies.filter(name=company)
    elif user is not None and user.office is not None:
        companies = companies.filter(pk=user.office.company_id)
    found = list(companies[:2])
    if len(found) != 1:
        raise CommandError("请用 --company 指明公司" if found or not company else f"没有公司 {company}")
    office = user.office_id if user is not None and user.office_id else found[0].pk
    return Destination(found[0].pk, office, user, timezone.localdate())


def done(batch: Batch) -> dict[str, Any]:
    """Return what an import has made."""
    return {"file": batch.file_name, "batch": batch.pk, "totals": batch.counts}


def report(file: Path, result: Result) -> dict[str, Any]:
    """Return the whole outcome in the form of the data README."""
    table = result.sheet.table
    return {
        "file": file.name,
        "template": result.sheet.template.name,
        "sheet": table.sheet,
        "header_row": table.header_row + 1,
        "columns": {name: column_letter(index) for name, index in table.names.items()},
        "ignored_columns": table.ignored,
        "notices": ["extra_column_ignored"] if table.ignored else [],
        "totals": result.counts(),
        "rows": list(result.rows()),
    }
