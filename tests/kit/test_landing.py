"""A write never ends on a page that refuses: what its result needs is asked before, and the way back is open."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import DataScope, Role, User
from billing.models import Season
from heating.kit.pages.base import opens
from org.models import Office
from payments.models import Payment
from property.models import Room
from tests import build

pytestmark = pytest.mark.django_db
TAKE = ("payments.take_payment", "property.view_room", "billing.view_order")


@pytest.fixture
def room() -> Room:
    company = build.company()
    site = build.site(company)
    season: Season = build.season(company)
    made = build.room(office=site)
    build.order(build.contract(made, build.product(season)), on=date(2025, 11, 20))
    return made


def post(client: Client, room: Room, who: User) -> Any:
    client.force_login(who)
    form = client.get(till(room))
    due = str(form.context["bill"].due) if form.status_code == 200 else "1.00"
    values = {"channel": "cash", "amount": due, "tendered": due, "expected_due": due, "request_id": uuid.uuid4()}
    return client.post(till(room), values)


def till(room: Room) -> str:
    return reverse("payments:till", args=[room.pk])


def test_no_money_is_taken_by_whoever_may_not_see_the_result(room: Room, client: Client) -> None:
    alice = build.user("alice", room.office, build.role(room.company, *TAKE))
    client.force_login(alice)
    assert client.get(till(room)).status_code == 403
    assert post(client, room, alice).status_code == 403
    assert not Payment.objects.exists()


def test_a_payment_outside_the_scope_of_looking_is_told_on_the_bill(room: Room, client: Client) -> None:
    role = build.role(room.company, *TAKE, others={DataScope.JURISDICTION: ("payments.view_payment",)})
    alice = build.user("alice", room.office, role)
    answer = post(client, room, alice)
    payment = Payment.objects.get()
    assert answer["Location"] == till(room)
    page = client.get(answer["Location"])
    assert page.status_code == 200 and payment.number in page.content.decode()


def test_a_form_leads_to_the_overview_when_neither_result_nor_list_opens(client: Client) -> None:
    company: Office = build.company()
    client.force_login(build.user("dora", company, build.role(company, "accounts.add_role")))
    data = {"office": company.pk, "title": "新岗位", "kind": "ordinary", "scope": "office", "note": ""}
    answer = client.post("/a/accounts/roles/add/", data)
    assert Role.objects.filter(title="新岗位").exists() and answer["Location"] == "/a/"
    assert "角色已添加" in client.get("/a/").content.decode()


def test_an_address_opens_by_permission_and_row(room: Room) -> None:
    reader = build.user("reader", room.office, build.role(room.company, "property.view_owner", scope="office"))
    away = build.owner(build.site(room.company, "西站"))
    assert opens(reader, "/a/") and opens(reader, "/a/property/owners/?name=x")
    assert opens(reader, f"/a/property/owners/{room.owner_id}/")
    assert not opens(reader, f"/a/property/owners/{away.pk}/")
    assert not opens(reader, "/a/accounts/roles/") and not opens(reader, "/a/nowhere/")
