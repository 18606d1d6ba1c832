"""The tables of docs/roles.md and docs/invariants.md are those of the code."""

from __future__ import annotations

import pytest

from accounts.models import DataScope
from accounts.queries import permission_words
from heating.standard_roles import JOBS
from reports.books import INVARIANTS
from tests.house.files import ROOT

SHORT = {
    DataScope.ALL: "全部",
    DataScope.COMPANY_BELOW: "公司及以下",
    DataScope.COMPANY: "公司",
    DataScope.OFFICE_BELOW: "部门及以下",
    DataScope.OFFICE: "部门",
    DataScope.OWN: "本人",
    DataScope.JURISDICTION: "辖区",
    DataScope.CHOSEN: "按明细",
}


def roles_table() -> list[str]:
    """Return the lines of permission × role, each cell the short word of the data scope."""
    head = ["操作", "permission", *(job.title for job in JOBS.values())]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    scopes = [
        {name: SHORT[DataScope(scope)] for scope, names in {job.scope: job.own, **job.others}.items() for name in names}
        for job in JOBS.values()
    ]
    words = permission_words()
    for name in sorted({name for held in scopes for name in held}):
        cells = [words[name], f"`{name}`", *(held.get(name, "") for held in scopes)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def invariants_table() -> list[str]:
    """Return the lines of code and title of every invariant."""
    rows = sorted((f"| {one.code} | {one.title} |" for one in INVARIANTS), key=lambda line: line.split()[1])
    return ["| 编号 | 不变式 |", "|---|---|", *rows]


def table_of(document: str) -> list[str]:
    return [line for line in (ROOT / "docs" / document).read_text().splitlines() if line.startswith("|")]


@pytest.mark.django_db
def test_the_table_of_the_roles_is_true() -> None:
    assert table_of("roles.md") == roles_table()


def test_the_table_of_the_invariants_is_true() -> None:
    assert table_of("invariants.md") == invariants_table()
