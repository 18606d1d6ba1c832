"""Ledger groups with their entries in SQL, for statements that post many events at once."""

from __future__ import annotations

from collections.abc import Iterable

from billing.states import Posting


def post(rows: str, *, note: str, on: str = "%(on)s") -> str:
    """Return the CTE bodies of `groups` (with id and source) from the CTE `rows`: source, company_id, office_id.

    `note` is an SQL expression over a row.
    """
    return f"""
INSERT INTO billing_ledgergroup (source, "on", company_id, office_id, actor_id, at, note)
SELECT source, {on}, company_id, office_id, %(actor)s, now(), {note} FROM {rows}
RETURNING id, source
"""


def entries(rows: str, *moves: tuple[Posting, str], where: str = "true") -> str:
    """Return the statement that gives each group of the CTE `groups` the two entries of each move.

    `moves` are a posting and the column of `rows` with its amount; an amount of zero moves nothing. `where` narrows
    the rows that a move belongs to.
    """
    values = ", ".join(_sides(moves))
    return f"""
INSERT INTO billing_ledgerentry (group_id, account, side, amount)
SELECT g.id, a.account, a.side, a.amount
FROM groups AS g JOIN {rows} AS r ON r.source = g.source
CROSS JOIN LATERAL (VALUES {values}) AS a (account, side, amount)
WHERE a.amount > 0 AND {where}
"""


def _sides(moves: Iterable[tuple[Posting, str]]) -> Iterable[str]:
    for posting, amount in moves:
        yield f"('{posting.debit}', 'debit', r.{amount})"
        yield f"('{posting.credit}', 'credit', r.{amount})"
