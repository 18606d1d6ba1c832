"""机构管理 with 10,000 offices: the tree, closed and with a branch of 1,000 open, beside a page that asks nothing."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

from django.db import transaction
from django.test import Client

from org.models import Office
from tests import build

ID = "offices"
GOAL = 0.300  # seconds
TRIES = 40
TREE, EMPTY = "/a/org/offices/", "/a/password"


def measure() -> dict[str, Any]:
    """Return median seconds; `ratio` is the slower tree over the goal, `times_empty` over the empty page."""
    with transaction.atomic():
        company = build.company("万家热力")
        branch = _offices(company)
        boss = build.user(
            "boss", company, build.role(company, "org.view_office", "org.add_office", "org.change_office")
        )
        client = Client()
        client.force_login(boss)
        addresses = {"closed": TREE, "open": f"{TREE}?open={company.pk},{branch.pk}", "empty": EMPTY}
        taken: dict[str, list[float]] = {name: [] for name in addresses}
        for _ in range(TRIES):
            for name, address in addresses.items():
                began = perf_counter()
                assert client.get(address).status_code == 200
                taken[name].append(perf_counter() - began)
        transaction.set_rollback(True)
    figures = {name: round(median(times), 4) for name, times in taken.items()}
    worst = max(figures["closed"], figures["open"])
    return {"ratio": round(worst / GOAL, 2), "goal": 1.0, "ok": worst <= GOAL, "offices": 10_011, **figures} | {
        "times_empty": round(worst / figures["empty"], 1)
    }


def _offices(company: Office) -> Office:
    """Ten sites of a thousand groups each; return one of the sites."""
    sites = [build.site(company, f"站{n}") for n in range(10)]
    for site in sites:
        rows = [
            Office(parent=site, company=company, name=f"组{n}", kind="department", level=3, code=f"{site.code}-{n}")
            for n in range(1000)
        ]
        for office in Office.objects.bulk_create(rows):
            office.path = f"{site.path}{office.pk}/"
        Office.objects.bulk_update(rows, ["path"])
    return sites[3]
