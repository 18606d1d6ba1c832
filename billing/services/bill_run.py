"""Orders for contracts: the bill run of a season, of an import batch, or of a few approved contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef

from billing.bulk.billing import bill_statement
from billing.models import BillRun, Contract, Order, Season
from billing.states import ContractState, FeeKind, SeasonState
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO

CHUNK = 10_000  # contracts in one transaction
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
    wanted = _waiting(season, contracts, batch)
    sizes = list(wanted.order_by().values_list("community_id").annotate(n=Count("pk")).order_by("community_id"))
    if not sizes:
        return None
    run = BillRun.objects.create(company_id=season.company_id, season=season, on=on, batch_id=batch, actor=actor)
    chunks = list(_chunks(sizes))
    work = _Work(run, sorted(contracts) if contracts is not None else None)
    together = connection.in_atomic_block or len(chunks) == 1
    results = map(work, chunks) if together else _parallel(work, chunks)
    done, total = 0, sum(n for _, n in sizes)
    for (_, size), _result in zip(chunks, results, strict=True):
        done += size
        if progress:
            progress(done, total)
    run.refresh_from_db()
    counts = {"orders": run.orders, "principal": run.principal, "skipped": run.skipped}
    record(actor, "bill_run.finish", run, after=counts, office_id=season.company_id)
    return run


def _waiting(season: Season, contracts: Iterable[int] | None, batch: int | None) -> Any:
    """Return the approved contracts without a living heat order."""
    living = Order.objects.alive().filter(
        room_id=OuterRef("room_id"), season_id=OuterRef("season_id"), fee_kind=FeeKind.HEAT, seq=1
    )
    rows = Contract.objects.filter(season=season, state=ContractState.APPROVED).exclude(Exists(living))
    if contracts is not None:
        rows = rows.filter(pk__in=list(contracts))
    if batch is not None:
        rows = rows.filter(batch_id=batch)
    return rows


def _chunks(sizes: Iterable[tuple[int, int]]) -> Iterator[tuple[list[int], int]]:
    """Pack communities into chunks of about `CHUNK` contracts: (community ids, number of contracts)."""
    ids: list[int] = []
    total = 0
    for community, size in sizes:
        if ids and total + size > CHUNK:
            yield ids, total
            ids, total = [], 0
        ids.append(community)
        total += size
    if ids:
        yield ids, total


class _Work:
    """Bills one chunk; called from several threads, each with a connection of its own."""

    def __init__(self, run: BillRun, contracts: Sequence[int] | None) -> None:
        self.run = run
        self.contracts = contracts

    def __call__(self, chunk: tuple[list[int], int]) -> tuple[int, Decimal, int]:
        with transaction.atomic(), connection.cursor() as cursor:
            lock_communities(cursor, chunk[0])
            cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
            cursor.execute(self._statement(), self._parameters(chunk[0]))
            orders, principal, skipped = cursor.fetchone()
            # Last, because both connections count on the same row.
            BillRun.objects.filter(pk=self.run.pk).update(
                orders=F("orders") + orders, principal=F("principal") + principal, skipped=F("skipped") + skipped
            )
        return orders, principal or ZERO, skipped

    def _statement(self) -> str:
        chosen = ["c.id = ANY(%(contracts)s)"] if self.contracts is not None else []
        chosen += ["c.batch_id = %(batch)s"] if self.run.batch_id is not None else []
        return bill_statement(" AND ".join(chosen) or "true")

    def _parameters(self, communities: list[int]) -> dict[str, Any]:
        return {
            "season": self.run.season_id,
            "communities": communities,
            "contracts": self.contracts,
            "on": self.run.on,
            "day": f"{self.run.on:%Y%m%d}",
            "run": self.run.pk,
            "batch": self.run.batch_id,
            "actor": self.run.actor_id,
        }


def lock_communities(cursor: Any, ids: Sequence[int]) -> None:
    """Let one bill run, approval or termination at a time into a community; foreign key checks do not wait for it."""
    cursor.execute("SELECT id FROM property_community WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(ids)])


def _parallel(work: _Work, chunks: list[tuple[list[int], int]]) -> Iterator[tuple[int, Decimal, int]]:
    """Run the chunks on a few connections; after a failure the chunks not yet begun are left out."""

    def alone(chunk: tuple[list[int], int]) -> tuple[int, Decimal, int]:
        try:
            return work(chunk)
        finally:
            connection.close()

    pool = ThreadPoolExecutor(CONNECTIONS)
    try:
        yield from pool.map(alone, chunks)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
