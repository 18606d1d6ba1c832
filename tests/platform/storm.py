"""Kill -9 of web, worker and PostgreSQL while cashiers take money; then the books are checked."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.database import ROOT
from tests.platform.cashiers import Cashier
from tests.platform.servers import Product, wait_until

# Run by `manage.py shell` in the product's own settings: a signed-in cashier and rooms with open orders.
PREPARE = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import User
from billing.models import Order
cashier = User.objects.get(username="cashier")
client = Client()
client.force_login(cashier, backend=settings.AUTHENTICATION_BACKENDS[0])
cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
csrf = "a" * 32
cookie += f"; {settings.CSRF_COOKIE_NAME}={csrf}"
due = Order.objects.visible_to(cashier, "billing.view_order").filter(due__gt=0).exclude(state="void")
print(json.dumps({"cookie": cookie, "rooms": sorted(set(due.values_list("room_id", flat=True)))[:40]}))
"""
STORED = """
import json
from payments.models import Payment
done = Payment.objects.filter(state="succeeded", cashier__username="cashier", client_request_id__isnull=False)
print(json.dumps([str(one) for one in done.values_list("client_request_id", flat=True)]))
"""


@dataclass(frozen=True)
class Aftermath:
    """What was promised, what is stored, and what the books say."""

    acknowledged: set[str]
    stored: list[str]
    troubles: list[str]
    lost_answers: int
    kills: dict[str, int]
    books: dict[str, Any]
    worst_recovery: float

    @property
    def lost(self) -> int:
        return len(self.acknowledged - set(self.stored))

    @property
    def doubled(self) -> int:
        return len(self.stored) - len(set(self.stored))

    @property
    def unexplained(self) -> int:
        return len(set(self.stored) - self.acknowledged)


def ask(product: Product, code: str) -> Any:
    """Run a piece of code in the product's settings and return the JSON that it prints."""
    done = manage(product, "shell", "-c", code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def manage(product: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one management command on the product's database."""
    env = product.env | {"DATABASE_URL": product.cluster.url}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def victims(product: Product, kind: str) -> list[int]:
    """Return the processes of one kind."""
    postmaster = product.cluster.postmaster()
    if kind == "postmaster":
        return [postmaster] if postmaster else []
    if kind == "backend":
        with suppress(OSError):
            children = subprocess.run(
                ["ps", "--ppid", str(postmaster), "-o", "pid=,args="], capture_output=True, text=True
            )
            return [int(line.split()[0]) for line in children.stdout.splitlines() if "heating" in line]
        return []
    return product.processes({"web": "gunicorn", "worker": "manage.py worker"}[kind])


def paid_by(cashiers: list[Cashier]) -> int:
    """Return how many payments were acknowledged so far."""
    return sum(len(cashier.seen.paid) for cashier in cashiers)


def storm(product: Product, *, seed: int, kills: dict[str, int], windows: int = 4, pause: float = 0.4) -> Aftermath:
    """Let cashiers work at `windows` while so many processes of each kind are killed, in an order fixed by the seed."""
    luck = random.Random(seed)
    start, before = ask(product, PREPARE), set(ask(product, STORED))
    assert len(start["rooms"]) >= 10, start
    stop = threading.Event()
    cashiers = [Cashier(product.port, start["cookie"], start["rooms"], seed * 1000 + n, stop) for n in range(windows)]
    for cashier in cashiers:
        cashier.start()
    order = [kind for kind, times in kills.items() for _ in range(times)]
    luck.shuffle(order)
    worst = 0.0
    paid = 0
    for kind in order:
        # A slow machine must not be killed before it works: two payments come in between any two deaths.
        wait_until(lambda least=paid + 2: paid_by(cashiers) >= least, 60, f"payments before the death of a {kind}")
        paid = paid_by(cashiers)
        time.sleep(luck.uniform(0.2, 1.0) * pause)
        found = victims(product, kind)
        if found:
            with suppress(ProcessLookupError):
                os.kill(luck.choice(found), signal.SIGKILL)
        worst = max(worst, wait_until(lambda: product.answers("/a/health"), 30, f"page after the death of a {kind}"))
    stop.set()
    for cashier in cashiers:
        cashier.join(90)
    wait_until(lambda: product.answers("/a/health"), 30, "page")
    books = manage(product, "check_books", "--json")
    return Aftermath(
        acknowledged=set().union(*(cashier.seen.paid for cashier in cashiers)),
        stored=[one for one in ask(product, STORED) if one not in before],
        troubles=[trouble for cashier in cashiers for trouble in cashier.seen.troubles],
        lost_answers=sum(cashier.seen.lost_answers for cashier in cashiers),
        kills=kills,
        books=json.loads(books.stdout),
        worst_recovery=round(worst, 2),
    )
