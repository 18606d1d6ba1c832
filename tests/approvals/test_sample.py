"""A new kind of change is one class and one list entry: asking, editing, deciding, lists, inbox and log follow."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from heating.approvals.services import decisions
from heating.approvals.services.decisions import KINDS
from heating.audit.models import Record
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Room
from property.services.changes import request_change
from tests.approvals.sample import MeterChange
from tests.billing.asking import NOW, ON, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setitem(KINDS, MeterChange.code, MeterChange())
    return Town()


def test_it_is_asked_for_seen_and_approved_on_the_pages_of_all_kinds(town: Town, client: Client) -> None:
    room = town.room()
    request = town.ask(room, "meter", {"meter_no": "RB-1", "note": "冻裂"})
    assert str(request) == f"{request.number} 换表"
    client.force_login(town.bob)
    assert "换表" in client.get("/a/property/changes/rooms/").content.decode()
    page = client.get(f"/a/property/changes/{request.pk}/")
    body = page.content.decode()
    assert all(text in body for text in ("换表", "热表号", "RB-1", "冻裂", "没有影响"))
    client.post(f"/a/property/changes/{request.pk}/approve/", {"seen": page.context["seen"], "note": ""})
    request.refresh_from_db()
    room.refresh_from_db()
    assert (request.state, request.decided_by, request.effect, room.meter_no) == ("approved", town.bob, [], "RB-1")
    assert Record.objects.filter(event="room.meter", target_id=room.pk, note=request.number).exists()


def test_it_is_edited_on_a_form_made_of_its_fields(town: Town, client: Client) -> None:
    request = town.ask(town.room(), "meter", {"meter_no": "RB-1"})
    client.force_login(town.alice)
    address = f"/a/property/changes/{request.pk}/edit/"
    form = client.get(address).context["form"]
    assert [*form.fields] == ["meter_no", "note", "reason", "files"] and form.initial["meter_no"] == "RB-1"
    assert client.post(address, {"meter_no": "RB-2", "note": "", "reason": "写错"}).status_code == 302
    request.refresh_from_db()
    assert request.after == {"meter_no": "RB-2"}


def test_what_all_kinds_share_holds_for_it(town: Town, client: Client) -> None:
    room, other = town.room(), town.room()
    request = town.ask(room, "meter", {"meter_no": "RB-1"})
    with pytest.raises(Refusal, match="已有待审批"):
        town.ask(room, "meter", {"meter_no": "RB-9"})
    own = request_change("meter", other.pk, {"meter_no": "RB-5"}, reason="x", actor=town.bob, on=ON)
    with pytest.raises(Refusal, match="提交或编辑"):
        decisions.approve(ChangeRequest, own.pk, seen="", actor=town.bob, on=ON, now=NOW)
    Room.objects.filter(pk=other.pk).update(meter_no="RB-1")
    with pytest.raises(Refusal, match="已装在其他户室"):
        town.approve(request)
    Room.objects.filter(pk=other.pk).update(meter_no="")
    Room.objects.filter(pk=room.pk).update(meter_no="RB-7")
    with pytest.raises(Refusal, match="热表号在申请之后已变更"):
        town.approve(request)
    Room.objects.filter(pk=room.pk).update(meter_no="")
    client.force_login(town.bob)
    preview = client.post("/a/property/changes/bulk/", {"ids": [request.pk]})
    assert preview.context["count"] == 1
    client.post("/a/property/changes/bulk/approve/", {"seen": preview.context["seen"], "note": ""})
    assert Room.objects.get(pk=room.pk).meter_no == "RB-1"


def test_it_waits_in_the_inbox_and_stands_in_the_log(town: Town, client: Client) -> None:
    request = town.ask(town.room(), "meter", {"meter_no": "RB-1"})
    client.force_login(town.bob)
    waiting = {todo.label: todo.count for todo in client.get("/a/").context["todos"]}
    assert waiting["待审批的业主、户室变更"] == 1
    assert Record.objects.get(event="change.submit").target_text == str(request)


def test_it_needs_no_migration(town: Town) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_kind_declared_twice_is_an_error_and_an_unknown_one_is_refused_in_words(town: Town) -> None:
    with pytest.raises(ValueError, match="twice"):
        decisions.register(MeterChange)
    request = town.ask(town.room(), "meter", {"meter_no": "RB-1"})
    del KINDS["meter"]
    with pytest.raises(Refusal, match="不能识别"):
        decisions.look(request, on=ON, actor=town.bob)
    KINDS["meter"] = MeterChange()
