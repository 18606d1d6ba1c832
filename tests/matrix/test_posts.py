"""Fields that a form does not have do nothing, no choice takes a foreign row, and every post asks for its token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.forms import ModelChoiceField
from django.test import Client
from django.urls import reverse

from heating.kit.pages import FormPage
from tests.matrix.people import Principal, principal
from tests.matrix.walk import WRITES, address, pages, takes_id
from tests.matrix.world import OTHER, OWN, World, make_world

pytestmark = pytest.mark.django_db
# Columns of all our tables that no form may set, with values that would be noticed.
SMUGGLED = {
    "amount": "66666.66",
    "principal": "66666.66",
    "paid": "66666.66",
    "due": "66666.66",
    "state": "smuggled",
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "on",
    "is_demo": "on",
    "password": "smuggled",
    "session_epoch": "66666",
    "groups": "66666",
    "user_permissions": "66666",
    "permissions": "66666",
    "company": "66666",
    "company_id": "66666",
    "office_id": "66666",
    "created_by": "66666",
    "submitted_by": "66666",
    "decided_by": "66666",
    "cashier": "66666",
    "site": "66666",
    "batch_id": "66666",
    "path": "/66666/",
    "builtin": "on",
    "id": "66666",
    "pk": "66666",
    "seen_hash": "smuggled",
    "effect": "smuggled",
    "name_key": "smuggled",
}


def form_pages(who: Principal, world: World) -> list[tuple[str, Any, str]]:
    """Return (name, page, address) of every form that they may open on their own row."""
    found = []
    for name, page in pages():
        if issubclass(page, FormPage) and who.holds(page.permission):
            if not takes_id(name):
                found.append((name, page, ""))
            elif OWN in who.sees(page.permission, page.model):
                found.append((name, page, address(name, page, world.spots[OWN])))
    return found


def filled(form: Any) -> dict[str, Any]:
    """Return a form's first values as a browser would send them, with something in required fields."""
    data = {}
    for bound in form:
        value = bound.value()
        if value in (None, "", []) and bound.field.required:
            choices = [key for key, _label in getattr(bound.field, "choices", ()) if key]
            value = str(choices[0]) if choices else "x"
        if value not in (None, False, ""):
            data[bound.html_name] = [str(v) for v in value] if isinstance(value, list | tuple) else str(value)
    return data


def written(client: Client, path: str, data: dict[str, Any]) -> tuple[list[str], str, Any]:
    """Post, take everything back, and return the writes, all their values as text, and the answer."""
    statements, values = [], []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(str(sql)) and "django_session" not in str(sql):
            statements.append(re.sub(r"\s+", " ", str(sql)))
            values.append(str(params))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        answer = client.post(path, data)
        transaction.set_rollback(True)
    return statements, " ".join(values), answer


@pytest.mark.parametrize("name", ["EA", "ST", "CA", "SA", "PM"])
def test_fields_that_no_form_has_change_nothing(name: str) -> None:
    world = make_world()
    who = principal(name, world)
    client = Client()
    client.force_login(who.user)
    tried = 0
    for known, _page, path in form_pages(who, world):
        path = path or reverse(known)
        form = getattr(client.get(path), "context", None)
        form = form and form.get("form")
        if form is None:
            continue
        data = filled(form)
        extra = {key: value for key, value in SMUGGLED.items() if key not in form.fields}
        plain, _values, answer = written(client, path, data)
        laden, values, loaded = written(client, path, data | extra)
        assert answer.status_code == loaded.status_code < 500, path
        assert sorted(map(_shape, plain)) == sorted(map(_shape, laden)), path
        assert "66666" not in values and "smuggled" not in values, path
        tried += 1
    assert tried >= 6


def _shape(statement: str) -> str:
    return re.sub(r"s\d+_x\d+|\d+", "N", statement)


@pytest.mark.parametrize("name", ["EA", "ST", "CA", "SA", "PM"])
def test_no_choice_of_a_form_takes_a_row_of_another_company(name: str) -> None:
    world = make_world()
    who = principal(name, world)
    client = Client()
    client.force_login(who.user)
    tried = 0
    for known, page, path in form_pages(who, world):
        path = path or reverse(known)
        form = getattr(client.get(path), "context", None)
        form = form and form.get("form")
        for key, field in form.fields.items() if form else ():
            if not isinstance(field, ModelChoiceField):
                continue
            model = field.queryset.model
            foreign = world.spots[OTHER].rows.get(model)
            if foreign is None or OTHER in who.sees(page.permission, model):
                continue
            statements, _values, answer = written(client, path, filled(form) | {key: str(foreign.pk)})
            assert answer.status_code == 422 and key in answer.context["form"].errors, (path, key)
            # Nothing is written but the audit row of the attempt.
            assert not [sql for sql in statements if not sql.startswith('INSERT INTO "audit_record"')], (path, key)
            tried += 1
    # All companies are in the reach of SA, and no form of the cashier chooses among rows.
    assert tried or name in ("SA", "CA")


def test_every_post_asks_for_its_token() -> None:
    world = make_world()
    who = principal("EA", world)
    client = Client(enforce_csrf_checks=True)
    client.force_login(who.user)
    for name, page in pages():
        if hasattr(page, "post"):
            path = address(name, page, world.spots[OWN]) if takes_id(name) else reverse(name)
            answer = client.post(path)
            assert answer.status_code == 403, path
