"""The nightly check is kept, shown, and rings on 首页 until it is well again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from heating.audit.models import Seal
from heating.audit.services import seal_rows
from reports.inbox import todos
from reports.models import BooksCheck
from reports.services import check_and_keep
from tests import build
from tests.bookkeeping import small_books, vandalise

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 9, 15, 18, 20, tzinfo=UTC)


@pytest.fixture
def books():
    return small_books()


@pytest.fixture
def auditor(books):
    return build.user("dora", books.company, build.role(books.company, "reports.check_books"))


def alarm(user) -> int:
    return next(todo.count for todo in todos(user) if todo.label == "账务检查发现不符")


def test_a_good_night_is_kept_and_shown(books, auditor, client):
    check = check_and_keep(now=NOW)
    assert (check.ok, check.broken, check.faults, check.unsealed) == (True, {}, [], {})
    assert check.chains[str(books.company.pk)]["digest"] == Seal.objects.get(company_id=books.company.pk).digest
    client.force_login(auditor)
    page = client.get(reverse("reports:books")).content.decode()
    assert "全部相符" in page
    assert check.chains[str(books.company.pk)]["digest"] in page
    assert alarm(auditor) == 0


def test_a_bad_night_rings_until_a_good_one(books, auditor, client):
    check_and_keep(now=NOW)
    vandalise("UPDATE payments_payment SET note = 'x' WHERE amount = 500")
    check = check_and_keep(now=NOW + timedelta(days=1))
    assert not check.ok and not check.broken
    assert alarm(auditor) == 1
    client.force_login(auditor)
    page = client.get(reverse("reports:books")).content.decode()
    assert "发现不符" in page
    assert check.faults[0]["sentence"] in page
    vandalise("UPDATE payments_payment SET note = '' WHERE amount = 500")
    assert check_and_keep(now=NOW + timedelta(days=2)).ok
    assert alarm(auditor) == 0


def test_the_end_of_a_chain_cut_off_is_noticed_by_the_next_night(books):
    check_and_keep(now=NOW)
    vandalise("DELETE FROM audit_sealpart; DELETE FROM audit_seal; UPDATE audit_sealmark SET upto = 0, gaps = '[]'")
    check = check_and_keep(now=NOW + timedelta(days=1))
    assert not check.ok
    assert "链尾被截去" in check.faults[0]["sentence"]


def test_another_companys_faults_and_seals_are_not_shown(books, auditor, client):
    other = build.company("别的公司")
    check_and_keep(now=NOW)
    BooksCheck.objects.update(ok=False, faults=[{"company": other.pk, "sentence": "外人看不到"}])
    client.force_login(auditor)
    page = client.get(reverse("reports:books")).content.decode()
    assert "外人看不到" not in page and "别的公司" not in page


def test_before_the_first_night_the_page_says_so(auditor, client):
    client.force_login(auditor)
    assert "还没有检查过" in client.get(reverse("reports:books")).content.decode()


def test_the_command_says_how_far_the_books_are_sealed(books, capsys):
    call_command("check_books")
    assert "尚未封签" in capsys.readouterr().out
    seal_rows(now=timezone.now())
    call_command("check_books", "P8")
    told = capsys.readouterr().out
    assert Seal.objects.get(company_id=books.company.pk).digest in told
    assert "尚未封签 0 行" in told
    call_command("check_books", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["broken"], answer["unsealed"]) == ({}, 0)
    vandalise("UPDATE audit_record SET note = 'x' WHERE id = (SELECT min(id) FROM audit_record)")
    with pytest.raises(SystemExit):
        call_command("check_books", "--json")
    assert json.loads(capsys.readouterr().out)["broken"] == {"P8": 1}
