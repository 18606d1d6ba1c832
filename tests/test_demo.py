"""The demo company: complete, balanced, once, and never outside demo mode."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Sum

from billing.models import LedgerEntry, Order
from heating.demo import DEMO_ACCOUNTS, build_demo
from heating.kit.errors import Refusal
from payments.models import Payment
from property.models import Room
from property.states import HeatState

pytestmark = pytest.mark.django_db


def test_the_demo_is_complete_balanced_and_made_once(django_user_model: Any) -> None:
    assert build_demo() is True
    assert build_demo() is False
    assert Room.objects.count() > 200
    assert set(Room.objects.values_list("heat_state", flat=True)) == set(HeatState.values)
    assert {"unpaid", "partial", "paid"} <= set(Order.objects.values_list("state", flat=True))
    assert Payment.objects.filter(state="reversed").count() == 1
    sides = dict(LedgerEntry.objects.values_list("side").annotate(total=Sum("amount")))
    assert sides["debit"] == sides["credit"]
    for account in DEMO_ACCOUNTS:
        user = django_user_model.objects.get(username=account.username)
        assert user.check_password("Demo-2025") and not user.must_change_password and user.active_roles


def test_no_demo_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(Refusal):
        build_demo()
