"""A new kind of import is one class and one list entry: pages, worker, shell and workbooks take it from there."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from heating.imports.importer import IMPORTERS, register_importer
from heating.imports.models import Batch
from property.models import Community
from tests import build
from tests.imports.files import save
from tests.imports.sample import CommunityImporter
from tests.imports.test_batches import work

URL = "/sample/communities/import/"
HEAD = ("小区*", "地址")


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(IMPORTERS, CommunityImporter.kind, CommunityImporter())


@pytest.fixture
def client_of_alice(db: Any, client: Client) -> Client:
    site = build.site(build.company())
    client.force_login(build.user("alice", site, build.role(site.company, "property.add_community")))
    return client


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.imports.sample")
def test_the_pages_of_a_new_kind_upload_check_import_and_undo(
    sample: None, client_of_alice: Client, tmp_path: Path
) -> None:
    client = client_of_alice
    path = save(tmp_path / "小区.xlsx", [{"小区": "甲区"}, {"小区": "乙区"}, {"小区": "乙区"}], HEAD)
    assert "小区导入" in client.get(URL).content.decode()
    assert client.get(f"{URL}template").status_code == 200
    with path.open("rb") as file:
        client.post(URL, {"file": file})
    batch = Batch.objects.get()
    work(batch)
    page = client.get(f"{URL}{batch.pk}/").content.decode()
    assert "小区在文件中重复" in page and "确认导入" in page
    errors = client.get(f"{URL}{batch.pk}/errors")
    assert b"".join(errors.streaming_content).startswith(b"PK")
    errors.close()
    client.post(f"{URL}{batch.pk}/commit")
    work(batch)
    assert [community.name for community in Community.objects.all()] == ["甲区"]
    assert "小区 1" in client.get(f"{URL}{batch.pk}/").content.decode()
    client.post(f"{URL}{batch.pk}/undo/")
    work(batch)
    assert not Community.objects.exists()


@pytest.mark.django_db
def test_the_shell_knows_a_new_kind(sample: None, tmp_path: Path) -> None:
    build.company()
    out = StringIO()
    path = save(tmp_path / "a.xlsx", [{"小区": "甲区"}], HEAD)
    call_command("intake", "communities", str(path), commit=True, json=True, stdout=out)
    assert json.loads(out.getvalue())["totals"]["made"] == {"communities": 1}


@pytest.mark.django_db
def test_a_user_without_the_permission_is_refused(client: Client) -> None:
    client.force_login(build.user("nobody", build.company()))
    assert client.get("/a/property/rooms/import/").status_code == 403


def test_a_kind_is_registered_once(sample: None) -> None:
    with pytest.raises(ValueError, match="twice"):
        register_importer(CommunityImporter())


def test_the_kinds_of_the_apps_are_registered() -> None:
    assert {"rooms", "owners", "users"} <= set(IMPORTERS)
