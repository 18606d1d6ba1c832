"""`manage.py check_books`: the invariants of the books; exit code 1 when a row breaks one."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.books import INVARIANTS, Finding, check_books


class Command(BaseCommand):
    help = "检查账务: 每条规则是一句 SQL, 必须查不出任何行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", help="只检查这些规则, 如 M1 S5a")
        parser.add_argument("--limit", type=int, default=20, help="每条规则最多列出的行数")
        parser.add_argument("--json", action="store_true", help="输出一行 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["codes"]) - {invariant.code for invariant in INVARIANTS}
        if unknown:
            raise CommandError(f"没有这些规则: {', '.join(sorted(unknown))}")
        found = check_books(options["codes"], limit=options["limit"])
        if options["json"]:
            broken = {f.invariant.code: f.count for f in found if not f.ok}
            self.stdout.write(json.dumps({"checked": len(found), "broken": broken}))
        else:
            for finding in found:
                self.show(finding)
        if not all(finding.ok for finding in found):
            sys.exit(1)

    def show(self, finding: Finding) -> None:
        verdict = "正确" if finding.ok else f"{finding.count} 行不符"
        self.stdout.write(
            f"{finding.invariant.code:4} {verdict}  {finding.invariant.title}  ({finding.seconds:.2f} 秒)"
        )
        for row in finding.rows:
            self.stdout.write("     " + ", ".join(f"{name}={value}" for name, value in row.items()))
