"""Orders for contracts: the bill run of a season, of an import batch, or of a few approved contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from billing.bulk.billing import SIZES, bill_statement
from billing.models import BillRun, Season
from billing.services.pg_planner import planned
from billing.states import SeasonState
from heating.audit.services import record
from heating.kit.errors import Refusal

# Contracts in one transaction: a quarter of the run, within these bounds.
SMALLEST, LARGEST = 5_000, 100_000
FEW = 500
CONNECTIONS = 2

Progress = Callable[[int, int], None]


def bill_contracts(
    season: Season,
    *,
    on: date,
    actor: Any,
    contracts: Iterable[int] | None = None,
    batch: int | None = None,
    progress: Progress | None = None,
) -> BillRun | None:
    """Make the order of every approved contract of `season` that has none, priced as of day `on`.

    `contracts` (ids) or `batch` (an import batch) narrows it. Returns the run with its counts and its list of contracts
    that cannot be billed, or None when no contract was waiting. Running twice bills nobody twice.
    Inside a transaction everything happens in it; otherwise in chunks of communities, each in a transaction of its own
    on one of two connections, so that a stopped run is finished by running again. `progress(done, total)` counts
    contracts and may raise to stop. The caller has checked that `actor` may do this (P4).
    """
    if season.state == SeasonState.ARCHIVED:
        raise Refusal("该采暖季已归档，不能开单")
    wanted = sorted(contracts) if contracts is not None else None
    values = {"season": season.pk, "contracts": wanted, "batch": batch}
    sizes = _sizes(values)
    if not sizes:
        return None
    run = BillRun.objects.create(company_id=season.company_id, season=season, on=on, batch_id=batch, actor=actor)
    _bill(run, sizes, values, progress)
    run.refresh_from_db()
    counts = {"orders": run.orders, "principal": run.principal, "skipped": run.skipped}
    record(actor, "bill_run.finish", run, after=counts, office_id=season.company_id)
    return run


def _bill(run: BillRun, sizes: list[tuple[int, int]], values: dict[str, Any], progress: Progress | None) -> None:
    done, total = 0, sum(n for _, n in sizes)
    chunks = list(_chunks(sizes, min(max(total // 4, SMALLEST), LARGEST)))
    work = _Work(run, values)
    together = connection.in_atomic_block or len(chunks) == 1
    results = map(work, chunks) if together else _parallel(work, chunks)
    for (_, size), _result in zip(chunks, results, strict=True):
        done += size
        if progress:
            progress(done, total)


def _chosen(values: dict[str, Any]) -> str:
    """Return the condition that narrows the contracts `c`."""
    chosen = ["c.id = ANY(%(contracts)s)"] if values["contracts"] is not None else []
    chosen += ["c.batch_id = %(batch)s"] if values["batch"] is not None else []
    return " AND ".join(chosen) or "true"


def _few(values: dict[str, Any]) -> bool:
    return values["contracts"] is not None and len(values["contracts"]) <= FEW


def _sizes(values: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the communities with waiting contracts and how many each has."""
    with transaction.atomic(), planned(few=_few(values)) as cursor:
        cursor.execute(SIZES.format(chosen=_chosen(values)), values)
        return list(cursor.fetchall())


def _chunks(sizes: Iterable[tuple[int, int]], limit: int) -> Iterator[tuple[list[int], int]]:
    """Pack communities into chunks of about `limit` contracts: (community ids, number of contracts)."""
    ids: list[int] = []
    total = 0
    for community, size in sizes:
        if ids and total + size > limit:
            yield ids, total
            ids, total = [], 0
        ids.append(community)
        total += size
    if ids:
        yield ids, total


class _Work:
    """Bills one chunk; called from several threads, each with a connection of its own."""

    def __init__(self, run: BillRun, values: dict[str, Any]) -> None:
        self.run = run
        self.statement = bill_statement(_chosen(values))
        self.values = values | {"on": run.on, "day": f"{run.on:%Y%m%d}", "run": run.pk, "actor": run.actor_id}

    def __call__(self, chunk: tuple[list[int], int]) -> None:
        with transaction.atomic(), planned(few=_few(self.values)) as cursor:
            lock_communities(cursor, chunk[0])
            cursor.execute(self.statement, self.values | {"communities": chunk[0]})
            orders, principal, skipped = cursor.fetchone()
            # Last, because both connections count on the same row.
            BillRun.objects.filter(pk=self.run.pk).update(
                orders=F("orders") + orders, principal=F("principal") + principal, skipped=F("skipped") + skipped
            )


def lock_communities(cursor: Any, ids: Sequence[int]) -> None:
    """Let one bill run, approval or termination at a time into a community; foreign key checks do not wait for it."""
    cursor.execute("SELECT id FROM property_community WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)])


def _parallel(work: _Work, chunks: list[tuple[list[int], int]]) -> Iterator[None]:
    """Run the chunks on a few connections; after a failure the chunks not yet begun are left out."""

    def alone(chunk: tuple[list[int], int]) -> None:
        try:
            work(chunk)
        finally:
            connection.close()

    pool = ThreadPoolExecutor(CONNECTIONS)
    try:
        yield from pool.map(alone, chunks)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
