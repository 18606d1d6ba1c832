"""Attachments: what is taken, what is refused, who gets them, and that nothing is left of a failure."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from heating.approvals.services import decisions
from heating.audit.models import Record
from heating.kit.errors import Refusal
from property.models import Attachment, ChangeRequest
from property.services import attachments, changes
from property.services.attachments import add_attachments, clean_name, remove_attachment, sweep_attachments
from tests import build
from tests.billing import files
from tests.billing.asking import ASK, NOW, ON, VALID, Town

pytestmark = pytest.mark.django_db
AREA = {"floor_area": "90.00"}


@pytest.fixture
def town() -> Town:
    return Town()


def lying(settings: Any) -> list[Path]:
    return list((Path(settings.MEDIA_ROOT) / attachments.FOLDER).glob("*"))


def test_pictures_and_pdf_are_kept_under_names_of_our_own(town: Town, settings: Any) -> None:
    sent = [files.picture("房产证.jpg"), files.picture("b.png"), files.pdf("c.pdf")]
    request = town.ask(town.room(), "area", AREA, files=sent)
    kept = list(request.attachments.order_by("id"))
    assert [(a.name, a.kind) for a in kept] == [
        ("房产证.jpg", "image/jpeg"), ("b.png", "image/png"), ("c.pdf", "application/pdf"),
    ]  # fmt: skip
    assert sorted(p.name for p in lying(settings)) == sorted(a.file.rpartition("/")[2] for a in kept)
    assert all(len(a.sha256) == 64 and a.added_by == town.alice for a in kept)
    assert Record.objects.filter(event="attachment.add").count() == 3


HOSTILE = {
    "a text that says it is a picture": lambda: files.raw("a.jpg", b"hello"),
    "a page": lambda: files.raw("a.pdf", b"<html><script>alert(1)</script>%PDF-1.4 %%EOF"),
    "a drawing with scripts": lambda: files.raw("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "nothing": lambda: files.raw("a.png", b""),
    "half a picture": lambda: files.raw("a.jpg", files.picture(size=(300, 300)).read()[:900]),
    "only the head of one": lambda: files.raw("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    "a PDF without its end": lambda: files.raw("a.pdf", b"%PDF-1.7\nobj"),
    "a picture of 3,600 million pixels": files.bomb,
    "an animation": lambda: files.raw("a.jpg", b"GIF89a" + b"\0" * 100),
    "more than 10 MB": lambda: files.raw("a.pdf", b"%PDF-1.4" + b"\0" * (10 * 1024 * 1024) + b"%%EOF"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_sound_picture_or_pdf_is_refused_and_nothing_is_left(town: Town, settings: Any, what: str) -> None:
    room = town.room()
    with pytest.raises(Refusal) as refusal:
        town.ask(room, "area", AREA, files=[files.pdf(), HOSTILE[what]()])
    assert refusal.value.field == "files"
    assert not lying(settings) and not ChangeRequest.objects.exists() and not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\temp\a.PDF", "a.pdf"),
        ("a\x00\r\n\tb.pdf", "ab.pdf"),
        ("cod\u202efdp.exe", "codfdp.exe.pdf"),
        ("a.html", "a.html.pdf"),
        ('q"<x>|?*:.pdf', "q__x_____.pdf"),
        ("...", "附件.pdf"),
        ("\u200b\ufeff", "附件.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("长" * 300, "长" * 116 + ".pdf"),
    ],
)
def test_file_names_are_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent, "application/pdf") == kept and len(kept) <= 120


def test_ten_files_a_request_and_no_more(town: Town, settings: Any) -> None:
    room = town.room()
    with pytest.raises(Refusal, match="10 个"):
        town.ask(room, "area", AREA, files=[files.pdf()] * 11)
    request = town.ask(room, "area", AREA, files=[files.pdf(text=bytes([65 + n])) for n in range(9)])
    with pytest.raises(Refusal, match="10 个"):
        add_attachments(request.pk, [files.pdf(), files.pdf()], actor=town.alice)
    add_attachments(request.pk, [files.pdf()], actor=town.alice)
    assert request.attachments.count() == 10 == len(lying(settings))


def test_a_request_that_cannot_be_made_leaves_no_file(town: Town, settings: Any) -> None:
    with pytest.raises(Refusal, match="没有任何变化"):
        town.ask(town.room(), "area", {"floor_area": "89.55"}, files=[files.picture()])
    assert not lying(settings)


def test_what_a_killed_process_left_is_swept_and_nothing_else(town: Town, settings: Any) -> None:
    request = town.ask(town.room(), "area", AREA, files=[files.pdf()])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        town.ask_owner(town.room(), {"phone2": "16011112222"}, files=[files.pdf()])
        1 / 0  # noqa: B018 as if the process had been killed: no exception passes through the service
    assert len(lying(settings)) == 2
    assert sweep_attachments(timezone.now()) == 0
    for path in lying(settings):
        old = (timezone.now() - timedelta(days=2)).timestamp()
        os.utime(path, (old, old))
    assert sweep_attachments(timezone.now()) == 1
    assert [p.name for p in lying(settings)] == [request.attachments.get().file.rpartition("/")[2]]


def test_whoever_adds_a_file_cannot_approve_and_what_was_seen_counts_no_more(town: Town) -> None:
    request = town.ask(town.room(), "area", AREA)
    _, seen = changes.effect(request.pk, on=ON, actor=town.dora)
    add_attachments(request.pk, [files.pdf()], actor=town.bob)
    with pytest.raises(Refusal, match="提交或编辑"):
        town.approve(request)
    with pytest.raises(Refusal, match="已变化"):
        decisions.approve(ChangeRequest, request.pk, seen=seen, actor=town.dora, on=ON, now=NOW)
    town.approve(request, by=town.dora)
    with pytest.raises(Refusal, match="不能再添加"):
        add_attachments(request.pk, [files.pdf()], actor=town.alice)


def test_the_submitters_own_addition_does_not_cover_up_another_editor(town: Town) -> None:
    request = town.ask(town.room(), "area", AREA)
    add_attachments(request.pk, [files.pdf()], actor=town.bob)
    add_attachments(request.pk, [files.pdf()], actor=town.alice)
    request.refresh_from_db()
    assert request.edited_by == town.bob


def test_a_file_is_a_download_of_our_own_type_for_those_in_scope_only(town: Town, client: Client) -> None:
    sent = files.picture("房产证 1.jpg").read()
    request = town.ask(town.room(), "area", AREA, files=[files.raw("房产证 1.jpg", sent)])
    address = f"/a/property/attachments/{request.attachments.get().pk}/"
    client.force_login(town.bob)
    assert address in client.get(f"/a/property/changes/{request.pk}/").content.decode()
    answer = client.get(address)
    assert b"".join(answer) == sent
    assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E6%88%BF%E4%BA%A7%E8%AF%81%201.jpg"
    assert "sandbox" in answer["Content-Security-Policy"] and "default-src 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert Record.objects.get(event="attachment.download").actor == town.bob
    west = build.site(build.company("别家热力"))
    client.force_login(build.user("eve", west, build.role(west.company, *ASK)))
    assert client.get(address).status_code == 404
    client.force_login(build.user("nobody", town.site, build.role(town.company, "property.view_owner")))
    assert client.get(address).status_code == 403
    assert Record.objects.filter(event="attachment.download").count() == 1


def test_the_form_takes_several_files_and_says_what_is_wrong_beside_the_field(town: Town, client: Client) -> None:
    room = town.room()
    client.force_login(town.alice)
    address = f"/a/property/rooms/{room.pk}/area/"
    page = client.get(address).content.decode()
    assert 'enctype="multipart/form-data"' in page and "multiple" in page
    data = {"floor_area": "92.10", "reason": "房产证"}
    wrong = client.post(address, data | {"files": [files.pdf(), files.raw("x.jpg", b"x")]})
    assert wrong.status_code == 422 and "x.jpg" in str(wrong.context["form"].errors["files"])
    done = client.post(address, data | {"files": [files.pdf(), files.picture()]})
    request = ChangeRequest.objects.get()
    assert done.status_code == 302 and request.attachments.count() == 2
    more = client.post(f"/a/property/changes/{request.pk}/attach/", {"files": [files.picture("c.png")]})
    assert more.status_code == 302 and request.attachments.count() == 3
    assert client.post(f"/a/property/changes/{request.pk}/attach/", {}).status_code == 422


def test_relief_needs_its_days_and_where_the_company_says_so_a_paper(town: Town) -> None:
    room = town.room()
    for dates in ({}, {"relief_from": VALID["relief_from"]}):
        with pytest.raises(Refusal, match="有效期"):
            town.ask_owner(room, {"relief": "low_income"} | dates)
    build.parameter(town.company, "优抚变更须附件", "是")
    with pytest.raises(Refusal, match="证明材料"):
        town.ask_owner(room, {"relief": "low_income"} | VALID)
    town.approve(town.ask_owner(room, {"relief": "low_income"} | VALID, files=[files.picture()]))
    town.approve(town.ask_owner(room, {"relief": "normal", "relief_from": None, "relief_to": None}))
    room.owner.refresh_from_db()
    assert (room.owner.relief, room.owner.relief_to) == ("normal", None)


def test_the_maker_takes_back_their_own_file_and_the_audit_keeps_what_it_was(
    town: Town, settings: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    request = town.ask(town.room(), "area", AREA, files=[files.pdf("错的.pdf"), files.picture("对的.jpg")])
    _, seen = changes.effect(request.pk, on=ON, actor=town.dora)
    wrong = request.attachments.get(name="错的.pdf")
    client.force_login(town.bob)
    assert "移除" not in client.get(f"/a/property/changes/{request.pk}/").content.decode()
    client.force_login(town.alice)
    address = f"/a/property/attachments/{wrong.pk}/remove/"
    assert address in client.get(f"/a/property/changes/{request.pk}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).status_code == 302
    assert [a.name for a in request.attachments.all()] == ["对的.jpg"] and len(lying(settings)) == 1
    told = Record.objects.get(event="attachment.remove")
    assert (told.target_id, told.note, told.before["sha256"]) == (request.pk, "错的.pdf", wrong.sha256)
    with pytest.raises(Refusal, match="已变化"):
        decisions.approve(ChangeRequest, request.pk, seen=seen, actor=town.dora, on=ON, now=NOW)


def test_nobody_removes_what_another_added_or_what_is_decided(town: Town, settings: Any) -> None:
    request = town.ask(town.room(), "area", AREA, files=[files.pdf()])
    mine = request.attachments.get()
    add_attachments(request.pk, [files.picture()], actor=town.bob)
    for pk, person in ((mine.pk, town.bob), (request.attachments.get(added_by=town.bob).pk, town.alice)):
        with pytest.raises(Refusal, match="只能移除自己"):
            remove_attachment(pk, actor=person)
    town.approve(request, by=town.dora)
    with pytest.raises(Refusal, match="不能再移除"):
        remove_attachment(mine.pk, actor=town.alice)
    assert len(lying(settings)) == 2
