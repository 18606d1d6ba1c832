"""Every kind of request with random values, after every kind of payment; the books are sound after each."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from decimal import Decimal as D
from typing import Any
from zlib import crc32

import pytest
from django.db import OperationalError, connection

from billing.approvals.area import AreaChange
from billing.models import Order
from heating.approvals.services import decisions
from heating.kit.errors import Refusal
from payments.models import Payment
from property.models import ChangeRequest, Room
from property.services import changes
from tests.billing import files
from tests.billing.approvals.test_imported import asked, dearer
from tests.billing.asking import NOW, ON, VALID, Town, assert_sound, due

PAID: dict[str, Callable[[Town, Room, random.Random], None]] = {
    "nothing": lambda town, room, dice: None,
    "a part": lambda town, room, dice: town.pay(room, D(dice.randint(1, int(due(room) * 100))) / 100),
    "all": lambda town, room, dice: town.pay(room, due(room)),
    "more than all": lambda town, room, dice: town.pay(room, due(room) + D(dice.randint(1, 90_000)) / 100, prepay=True),
}


def area(town: Town, room: Room, dice: random.Random) -> ChangeRequest:
    value = D(dice.randint(1, 30_000)) / 100
    height = dice.choice([None, D(dice.randint(200, 600)) / 100])
    return town.ask(room, "area", {"floor_area": value, "height": height})


def relief(town: Town, room: Room, dice: random.Random) -> ChangeRequest:
    return town.ask_owner(room, {"relief": dice.choice(["low_income", "special"]), "phone2": "16011112222"} | VALID)


def account(town: Town, room: Room, dice: random.Random) -> ChangeRequest:
    return town.ask(room, "account", {"account_no": f"Z{dice.randint(10**7, 10**8)}"})


def state(town: Town, room: Room, dice: random.Random) -> ChangeRequest:
    after = {"heat_state": dice.choice(["vacant", "partial", "disabled"]), "meter_no": f"M{dice.randint(1, 9)}"}
    return town.ask(room, "room", after)


def transfer(town: Town, room: Room, dice: random.Random) -> ChangeRequest:
    data = {"new_owner_name": f"新业主{dice.random()}"[:40], "new_owner_phone": f"161{dice.randint(10**7, 10**8 - 1)}"}
    options = {"prepaid": dice.choice(["keep", "refund"]), "takeover": True}
    return town.ask(room, "transfer", data, options=options, files=[files.pdf()])


def imported(town: Town, room: Room, dice: random.Random) -> ChangeRequest:
    code = dearer(town, f"RZ-{room.pk}", f"{D(dice.randint(1500, 4000)) / 100}").product.code
    debt = {"season": "2023-2024采暖季", "amount": f"{D(dice.randint(0, 90_000)) / 100}"}
    before = {"product_code": "RZ-2025", "debt": None, "floor_area": str(room.floor_area)}
    return asked(town, room, before, {"product_code": code, "debt": debt, "floor_area": f"{dice.randint(20, 200)}.00"})


KINDS = (area, relief, account, state, transfer, imported)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("paid", PAID)
def test_books_are_sound_after_each_kind_whatever_was_paid(kind: Any, paid: str) -> None:
    town = Town()
    # The same values at every run; another SEED tries others.
    seed = crc32(f"{kind.__name__} {paid} {os.environ.get('SEED', '')}".encode())
    dice = random.Random(seed)
    for _ in range(3):
        room = town.room(floor_area=D(dice.randint(2_000, 20_000)) / 100)
        PAID[paid](town, room, dice)
        try:
            request = kind(town, room, dice)
            effect = town.approve(request)
        except Refusal as refusal:
            assert "已有" in refusal.sentence, (seed, refusal)
            continue
        before = {row["what"]: row["due_after"] for row in effect}
        assert all(D(value) == D(value).quantize(D("0.01")) for value in before.values()), seed
        assert_sound()
        town.pay(room, due(room)) if due(room) else None
        assert_sound()


def together(*deeds: Callable[[], Any]) -> list[str]:
    """Do all at the same moment; say what became of each."""
    gate, outcomes = threading.Barrier(len(deeds)), [""] * len(deeds)

    def one(n: int, deed: Callable[[], Any]) -> None:
        gate.wait()
        try:
            deed()
            outcomes[n] = "done"
        except Refusal:
            outcomes[n] = "refused"
        except OperationalError as error:
            outcomes[n] = f"error {error}"
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n, deed)) for n, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_apply_it_once() -> None:
    town = Town()
    room = town.room()
    town.pay(room, "2149.20")
    request = town.ask(room, "area", {"floor_area": "92.10"})

    def approve(by: Any) -> Callable[[], Any]:
        _, seen = changes.effect(request.pk, on=ON, actor=by)
        return lambda: decisions.approve(ChangeRequest, request.pk, seen=seen, actor=by, on=ON, now=NOW)

    assert sorted(together(approve(town.bob), approve(town.dora))) == ["done", "refused"]
    assert Order.objects.filter(fee_kind="supplement").count() == 1
    assert_sound()


@pytest.mark.django_db(transaction=True)
def test_a_payment_at_the_same_moment_is_before_or_after_but_never_between() -> None:
    town = Town()
    for n in range(12):
        room = town.room()
        request = town.ask(room, "area", {"floor_area": f"{80 + n}.10"})
        _, seen = changes.effect(request.pk, on=ON, actor=town.bob)
        paid, approved, looked = together(
            lambda room=room: town.pay(room, "2149.20", expected_due=D("2149.20")),
            lambda request=request, seen=seen: decisions.approve(
                ChangeRequest, request.pk, seen=seen, actor=town.bob, on=ON, now=NOW
            ),
            lambda request=request: changes.effect(request.pk, on=ON, actor=town.dora),
        )
        assert sorted((paid, approved)) == ["done", "refused"] and looked == "done"
        assert Payment.objects.filter(room=room).count() == (paid == "done")
    assert_sound()


@pytest.mark.django_db(transaction=True)
def test_no_payment_comes_between_what_is_compared_and_what_is_applied(monkeypatch: Any) -> None:
    town = Town()
    room = town.room()
    request = town.ask(room, "area", {"floor_area": "92.10"})
    _, seen = changes.effect(request.pk, on=ON, actor=town.bob)
    outcomes: list[str] = []
    payer = threading.Thread(
        target=lambda: outcomes.extend(together(lambda: town.pay(room, "2149.20", expected_due=D("2149.20"))))
    )
    real, runs = AreaChange.apply, []

    def apply(*args: Any, **options: Any) -> None:
        runs.append(args)
        if len(runs) == 2:  # the first is the dry run
            payer.start()
            payer.join(1.0)
            assert payer.is_alive()  # it waits for the orders
        real(*args, **options)

    monkeypatch.setattr(AreaChange, "apply", apply)
    decisions.approve(ChangeRequest, request.pk, seen=seen, actor=town.bob, on=ON, now=NOW)
    payer.join()
    assert outcomes == ["refused"] and Order.objects.get().principal == D("2210.40")
    assert_sound()


@pytest.mark.django_db(transaction=True)
def test_an_edit_at_the_same_moment_as_the_approval_is_never_approved_unseen() -> None:
    town = Town()
    for _ in range(6):
        room = town.room()
        request = town.ask(room, "area", {"floor_area": "92.10"})
        _, seen = changes.effect(request.pk, on=ON, actor=town.bob)
        together(
            lambda request=request, seen=seen: decisions.approve(
                ChangeRequest, request.pk, seen=seen, actor=town.bob, on=ON, now=NOW
            ),
            lambda request=request: changes.edit_change(
                request.pk, {"floor_area": "99.00"}, reason="x", actor=town.alice, on=ON, now=NOW
            ),
        )
        request.refresh_from_db()
        room.refresh_from_db()
        assert (request.state, str(room.floor_area)) in (("approved", "92.10"), ("pending", "89.55"))
    assert_sound()
