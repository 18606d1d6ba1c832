"""`manage.py check_books`: the invariants of the books and the chain of seals; exit code 1 when one is broken."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from heating.audit.queries import Verification, verify_seals
from reports.books import INVARIANTS, Finding, check_books
from reports.services import CHAIN


def summary(rules: list[Finding], chain: Verification | None) -> dict[str, Any]:
    """Return what was found as JSON."""
    broken = {f.invariant.code: f.count for f in rules if not f.ok}
    if chain is None:
        return {"checked": len(rules), "broken": broken}
    broken |= {} if chain.ok else {CHAIN: chain.count}
    seals = {"sealed_until": chain.until and chain.until.isoformat(), "unsealed": sum(chain.unsealed.values())}
    return {"checked": len(rules) + 1, "broken": broken, **seals}


def text_of(counts: dict[str, int]) -> str:
    return ", ".join(f"{label} {count}" for label, count in counts.items())


class Command(BaseCommand):
    help = "检查账务: 每条规则是一句 SQL, 必须查不出任何行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", help="只检查这些规则, 如 M1 S5a; P8 是封签")
        parser.add_argument("--limit", type=int, default=20, help="每条规则最多列出的行数")
        parser.add_argument("--json", action="store_true", help="输出一行 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = options["codes"]
        unknown = set(codes) - {CHAIN} - {invariant.code for invariant in INVARIANTS}
        if unknown:
            raise CommandError(f"没有这些规则: {', '.join(sorted(unknown))}")
        rules = [] if codes == [CHAIN] else check_books(set(codes) - {CHAIN}, limit=options["limit"])
        chain = verify_seals(limit=options["limit"]) if not codes or CHAIN in codes else None
        if options["json"]:
            self.stdout.write(json.dumps(summary(rules, chain)))
        else:
            for finding in rules:
                self.show(finding)
            if chain:
                self.show_chain(chain)
        if not all(finding.ok for finding in rules) or (chain and not chain.ok):
            sys.exit(1)

    def show_chain(self, found: Verification) -> None:
        rows = sum(chain.rows for chain in found.chains.values())
        verdict = "正确" if found.ok else f"{found.count} 处不符"
        self.stdout.write(f"{CHAIN:4} {verdict}  账务与日志的封签, 共 {rows} 行  ({found.seconds:.2f} 秒)")
        for chain in found.chains.values():
            until = localtime(chain.until).strftime("%Y-%m-%d %H:%M:%S")
            who = f"公司 {chain.company_id}" if chain.company_id else "不属于公司"
            self.stdout.write(f"     {who}: 封签至 {until}, 第 {chain.number} 号, 摘要 {chain.digest}")
        waiting = sum(found.unsealed.values())
        self.stdout.write(f"     尚未封签 {waiting} 行" + (f": {text_of(found.unsealed)}" if waiting else ""))
        for fault in found.faults:
            self.stdout.write(f"     {f'公司 {fault.company_id}: ' if fault.company_id else ''}{fault.sentence}")

    def show(self, finding: Finding) -> None:
        verdict = "正确" if finding.ok else f"{finding.count} 行不符"
        self.stdout.write(
            f"{finding.invariant.code:4} {verdict}  {finding.invariant.title}  ({finding.seconds:.2f} 秒)"
        )
        for row in finding.rows:
            self.stdout.write("     " + ", ".join(f"{name}={value}" for name, value in row.items()))
