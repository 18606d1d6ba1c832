"""The back office under /admin/: one sign-in, the same scope, the same masks, and no way around the services."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver

from accounts.models import DataScope, User
from billing.models import Order, OrderLine
from heating.audit.models import Record
from heating.jobs.models import Job
from heating.kit.backoffice import BackOfficeAdmin, ServiceAdmin
from heating.kit.backoffice.changelist import COUNTED
from org.models import Office, Parameter
from payments.models import Payment
from property.models import Room
from tests import build
from tests.house.test_models import OURS
from tests.platform.backoffice import FOREIGN, OWN, address, text
from tests.platform.furnished import CARD, PHONE, SEE, furnish, staff

pytestmark = pytest.mark.django_db
# No table, or a table that is only seen by 全部数据 because it belongs to no office.
# No table of its own, and the keys of second factors, which nobody looks at.
NO_TABLE = {
    "reports.Statement", "reports.BooksCheck", "accounts.Authenticator", "accounts.RecoveryCode", "audit.Seal",
    "audit.SealPart", "audit.SealMark", "heating.Installation",
}  # fmt: skip
SHARED = {"org.DictEntry", "accounts.LoginFailure"}
TABLES = sorted(admin.site._registry, key=lambda model: model._meta.label)


def last_seen(model: Any, client: Client) -> Any:
    """Return the newest row that the person at the browser reaches."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return admin.site.get_model_admin(model).rows(user).order_by("pk").last()


# The door.


def every_address(resolver: Any, prefix: str = "/admin/") -> list[str]:
    found = []
    for entry in resolver:
        route = prefix + str(entry.pattern).replace("<path:object_id>", "1").replace("^", "").replace("$", "")
        if isinstance(entry, URLResolver):
            found += every_address(entry.url_patterns, route)
        elif isinstance(entry, URLPattern) and "(" not in route and "<" not in route:
            found.append(route)
    return found


def test_without_a_sign_in_every_address_leads_to_the_one_sign_in(client: Client) -> None:
    addresses = every_address(admin.site.urls[0])
    assert len(addresses) > 150
    for url in addresses:
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code == 302 and answer["Location"].startswith("/a/login?next="), url
    assert client.get("/admin/org/office/?kind=site")["Location"] == "/a/login?next=/admin/org/office/%3Fkind%3Dsite"


def test_a_right_password_opens_nothing_at_the_admins_own_login(client: Client) -> None:
    build.user("bob", build.company(), is_staff=True)
    answer = client.post("/admin/login/", {"username": "bob", "password": "bob-Pass-1", "next": "/admin/"})
    assert answer["Location"] == "/a/login?next=/admin/" and "_auth_user_id" not in client.session
    assert client.get("/admin/login/?next=https://evil.example/")["Location"] == "/a/login?next=/admin/"


@pytest.mark.parametrize("missing", ["is_staff", "rights", "is_active", "role"])
def test_it_takes_being_let_in_and_rights_by_an_enabled_role(missing: str, client: Client) -> None:
    company = build.company()
    permissions = () if missing == "rights" else ("org.view_office",)
    user = staff("bob", company, *permissions, is_staff=missing != "is_staff", is_superuser=True)
    client.force_login(user)
    if missing == "is_active":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if missing == "role":
        company.role_set.update(active=False)
    for url in ("/admin/", "/admin/login/?next=/admin/", "/admin/org/office/", "/admin/nothing/"):
        answer = client.get(url)
        assert answer.status_code == (302 if missing == "is_active" else 403), url
        client.force_login(user)


def test_whoever_is_in_gets_in_and_leaves_by_the_pages_of_accounts(inside: Client) -> None:
    assert "热力缴费管理系统 · 后台" in text(inside, "/admin/")
    assert inside.get("/admin/login/?next=/admin/org/office/")["Location"] == "/admin/org/office/"
    assert inside.get("/admin/password_change/")["Location"] == "/a/password"
    assert inside.get("/admin/logout/").status_code == 405
    assert inside.post("/admin/logout/")["Location"] == "/a/login"
    assert Record.objects.filter(event="logout").exists() and "_auth_user_id" not in inside.session


def test_the_command_lets_in_and_shuts_and_is_recorded(capsys: Any) -> None:
    user = build.user("bob", build.company())
    call_command("grant_admin", "BOB", on=True)
    assert User.objects.get(pk=user.pk).is_staff
    call_command("grant_admin", "bob", off=True)
    assert not User.objects.get(pk=user.pk).is_staff
    deeds = Record.objects.filter(event="user.backoffice").order_by("id")
    assert [(deed.before, deed.after, deed.actor_name) for deed in deeds] == [
        (False, True, "系统"),
        (True, False, "系统"),
    ]
    with pytest.raises(CommandError, match="没有用户"):
        call_command("grant_admin", "nobody", on=True)


# What is there.


def test_every_table_of_ours_is_registered_and_nobody_elses() -> None:
    ours = {model for model in apps.get_models() if model._meta.app_label in OURS}
    assert {model._meta.label for model in ours - set(TABLES)} == NO_TABLE
    assert set(TABLES) <= ours
    for model, table in admin.site._registry.items():
        assert isinstance(table, BackOfficeAdmin) and table.search_fields, model
        assert table.actions is None, model


def test_each_list_shows_only_the_rows_of_the_own_company(inside: Client) -> None:
    for model in TABLES:
        if model._meta.label in SHARED:
            text(inside, address(model), 403)
            continue
        shown = text(inside, address(model))
        rows = shown.split('id="result_list"')[1]
        assert OWN in rows, model
        assert FOREIGN not in shown, model


def test_whoever_has_all_data_sees_both(over_all: Client) -> None:
    for model in TABLES:
        shown = text(over_all, address(model))
        assert OWN in shown and FOREIGN in shown, model


def test_a_list_costs_the_same_with_three_companies_as_with_one(own: Office, client: Client) -> None:
    client.force_login(staff("sam", own, *SEE, scope=DataScope.ALL))

    def cost() -> dict[str, int]:
        found = {}
        for model in TABLES:
            client.get(address(model))
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(address(model))
            found[model._meta.label] = len(queries)
        return found

    before = cost()
    furnish("铜雀公司")
    furnish("铁马公司")
    assert cost() == before


def test_each_row_opens_within_the_company_and_is_unknown_outside(inside: Client) -> None:
    for model in TABLES:
        if model._meta.label in SHARED:
            continue
        theirs, mine = model._default_manager.order_by("pk").first(), last_seen(model, inside)
        shown = text(inside, address(model, "change", mine.pk))
        assert FOREIGN not in shown, model
        for page in ("change", "history", "delete"):
            expected = 403 if page == "delete" and not isinstance(admin.site._registry[model], ServiceAdmin) else 404
            if model is Parameter and page == "delete":
                expected = 403
            assert inside.get(address(model, page, theirs.pk)).status_code == expected, (model, page)


def test_drop_downs_and_filters_name_only_what_is_in_scope(inside: Client) -> None:
    query = {"app_label": "org", "model_name": "office", "field_name": "parent"}
    answer = inside.get("/admin/autocomplete/", query | {"term": ""}).json()
    assert [found["text"] for found in answer["results"]] == [OWN]
    for field in (("org", "parameter", "company"), ("accounts", "user", "office"), ("billing", "order", "season")):
        query = dict(zip(("app_label", "model_name", "field_name"), field, strict=True))
        assert {found["text"] for found in inside.get("/admin/autocomplete/", query).json()["results"]} == {OWN}
    theirs = Office.objects.get(name=FOREIGN)
    answer = inside.post(address(Parameter, "add"), {"company": theirs.pk, "key": "密码最短长度", "value": "9"})
    assert answer.status_code == 200 and not Parameter.objects.filter(company=theirs, key="密码最短长度").exists()


def test_nothing_sensitive_is_shown_without_the_right(inside: Client) -> None:
    for model in TABLES:
        if model._meta.label in SHARED:
            continue
        row = last_seen(model, inside)
        pages = text(inside, address(model)) + text(inside, address(model, "change", row.pk))
        assert PHONE not in pages and CARD not in pages and CARD[-4:] + "<" not in pages, model
        assert "argon2" not in pages and "md5$" not in pages, model


def test_whoever_may_see_phones_sees_them_but_no_document(own: Office, client: Client) -> None:
    client.force_login(staff("eve", own, *SEE, "property.view_sensitive"))
    seen = ""
    for model in TABLES:
        if model._meta.label not in SHARED:
            seen += text(client, address(model, "change", last_seen(model, client).pk))
    assert PHONE in seen and CARD not in seen


# What may not be done.


def test_no_money_table_takes_a_post(over_all: Client) -> None:
    for model in TABLES:
        table = admin.site._registry[model]
        if isinstance(table, ServiceAdmin):
            continue
        before = list(model._default_manager.order_by("pk").values())
        row = model._default_manager.order_by("pk").last()
        data = {field.name: "9" for field in model._meta.fields} | {"post": "yes", "_save": "1"}
        for url in (address(model, "add"), address(model, "change", row.pk), address(model, "delete", row.pk)):
            assert over_all.post(url, data).status_code == 403, url
        actions = {"action": "delete_selected", "_selected_action": row.pk, "index": "0", "post": "yes"}
        assert over_all.post(address(model), actions).status_code == 200, model
        assert list(model._default_manager.order_by("pk").values()) == before, model


def test_what_may_be_written_needs_its_permission(own: Office, client: Client) -> None:
    client.force_login(staff("eve", own, *SEE, scope=DataScope.ALL))
    for model in TABLES:
        row = model._default_manager.order_by("pk").last()
        for page, arguments in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
            assert client.post(address(model, page, *arguments), {"post": "yes"}).status_code == 403, (model, page)
        if hasattr(admin.site._registry[model], "import_action"):
            assert client.get(address(model, "import")).status_code == 403
            assert client.post(address(model, "process_import")).status_code == 403


def test_filters_tell_nothing_of_what_is_masked(over_all: Client) -> None:
    for url in (
        "/admin/accounts/user/?password__startswith=argon2",
        "/admin/accounts/user/?phone__startswith=160",
        "/admin/property/owner/?id_hash__startswith=a",
        "/admin/property/room/?owner__phone__startswith=160",
        "/admin/billing/order/?room__owner__id_cipher__isnull=False",
    ):
        assert over_all.get(url).status_code == 400, url


def test_sorting_by_address_tells_nothing_and_reads_no_whole_table(over_all: Client) -> None:
    build.room()
    for order in ("1", "-1"):
        answer = over_all.get(f"/admin/property/room/?o={order}")
        assert set(answer.context_data["cl"].queryset.query.order_by) == {"-pk"}
    counted = over_all.get("/admin/property/room/").context_data["cl"].paginator
    with CaptureQueriesContext(connection) as queries:
        assert type(counted)(counted.object_list, 50).count == 3
    assert f"LIMIT {COUNTED}" in queries[0]["sql"]


@pytest.mark.parametrize(
    "query",
    [
        "q=%27%22%3Cx%3E%26%7B%7B7*7%7D%7D", "q=%00", "q=" + "9" * 300, "p=99999999999999999999", "p=-1&all=", "p=zz",
        "o=zz", "o=99.-99", "o=1.2.-3", "e=1", "nothing=1", "id__exact=99999999999999999999999", "state__exact=%00",
        "state__exact=zz", "active__exact=zz", "office__id__exact=zz", "on__gte=99999-01-01", "at__gte=zz",
        "_to_field=zz", "_popup=1", "_facets=True", "pk__in=1,2", "q=%5C%25_&p=2", "office__id__exact=" + "9" * 23,
    ],
)  # fmt: skip
def test_no_query_string_breaks_a_list(query: str, over_all: Client) -> None:
    over_all.raise_request_exception = False
    for model in (Office, User, Record, Job, Room, Order, OrderLine, Payment):
        answer = over_all.get(f"{address(model)}?{query}")
        assert answer.status_code in (200, 302, 400), (model, query, answer.status_code)
        assert "<x>" not in answer.content.decode()
    for page in ("change", "delete", "history"):
        for pk in ("99999999999999999999999", "zz", "_5F", "%00"):
            assert over_all.get(f"/admin/org/office/{pk}/{page}/").status_code in (400, 404)
