"""A refused attempt to reach further leaves an audit row, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import DataScope, Role, User
from accounts.services import passwords, roles, users
from heating.audit.models import Record
from heating.kit.errors import Refusal
from heating.kit.scope import Scope
from org.models import Office
from property.services.jurisdiction import oversee_as_user
from tests import build

pytestmark = pytest.mark.django_db
MANAGE = (
    *("accounts.view_role", "accounts.add_role", "accounts.change_role", "accounts.view_user"),
    *("accounts.add_user", "accounts.change_user", "accounts.reset_password"),
)


@pytest.fixture
def site() -> Office:
    return build.site(build.company())


@pytest.fixture
def boss(site: Office) -> User:
    """Manages the roles and users of one site."""
    return build.user("boss", site, build.role(site, *MANAGE, scope=DataScope.OFFICE_BELOW, title="站长"))


def attempts(boss: User, site: Office) -> dict[str, Any]:
    mine = Role.objects.get(title="站长")
    plain = build.role(site, "property.view_room", scope=DataScope.OFFICE, title="岗位")
    mighty = build.role(site, "accounts.delete_user", scope=DataScope.OFFICE, title="能删用户")
    near = build.user("near", site, mighty)
    far = build.community(build.site(site.company, "西站"))
    fields = {"title": "新", "office": site, "kind": "ordinary", "note": ""}
    everything = build.permissions("org.delete_office")
    person = {"username": "neu", "name": "新人", "phone": "", "office": site}
    return {
        "own role": lambda: roles.assign_permissions(mine.pk, [], actor=boss),
        "own account": lambda: users.edit_user(boss.pk, {"name": "x", "roles": [mighty]}, actor=boss),
        "own scope": lambda: roles.edit_role(mine.pk, fields | {"scope": "all"}, actor=boss),
        "a new role above": lambda: roles.add_role(fields | {"scope": "company"}, actor=boss),
        "a role widened": lambda: roles.edit_role(plain.pk, fields | {"scope": "company"}, actor=boss),
        "a permission one has not": lambda: roles.assign_permissions(plain.pk, everything, actor=boss),
        "a role above for another": lambda: users.add_user(person | {"roles": [mighty]}, actor=boss, now=None),
        "the password of somebody above": lambda: passwords.reset_password(near.pk, actor=boss, now=None),
        "one's own jurisdiction": lambda: oversee_as_user(
            boss.pk, add=Scope(communities=frozenset({far.pk})), remove=Scope(), actor=boss
        ),
    }


ATTEMPTS = (
    *("own role", "own account", "own scope", "a new role above", "a role widened", "a permission one has not"),
    *("a role above for another", "the password of somebody above", "one's own jurisdiction"),
)


@pytest.mark.parametrize("which", ATTEMPTS)
def test_a_refused_attempt_leaves_one_row_and_changes_nothing(which: str, boss: User, site: Office) -> None:
    attempt = attempts(boss, site)[which]
    before = list(Role.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())
    with pytest.raises(Refusal):
        attempt()
    assert before == (list(Role.objects.order_by("pk").values()), list(User.objects.order_by("pk").values()))
    row = Record.objects.get(actor=boss)
    assert (row.event, row.office_id) == ("escalation.refuse", site.pk)
    assert row.note


def test_the_attempt_on_the_page_is_refused_and_stands_in_the_log(boss: User, site: Office, client: Client) -> None:
    client.force_login(boss)
    role = Role.objects.get(title="站长")
    page = client.post(f"/a/accounts/roles/{role.pk}/assign/", {"permissions": []})
    assert page.status_code == 422
    auditor = build.user("auditor", site, build.role(site, "audit.view_record", scope=DataScope.OFFICE_BELOW))
    client.force_login(auditor)
    shown = client.get("/a/logs/", {"event": "escalation.refuse"}).content.decode()
    assert "越权操作被拒绝" in shown and "站长" in shown


def test_an_ordinary_refusal_leaves_no_row(boss: User, site: Office) -> None:
    build.role(site, "property.view_room", scope=DataScope.OFFICE, title="岗位")
    data = {"title": "岗位", "office": site, "kind": "ordinary", "note": "", "scope": "office"}
    with pytest.raises(Refusal, match="同名"):
        roles.add_role(data, actor=boss)
    assert not Record.objects.filter(event="escalation.refuse").exists()


def test_a_forged_form_with_roles_or_permissions_that_it_does_not_offer_is_noted(
    boss: User, site: Office, client: Client
) -> None:
    above = build.role(site.company, "org.delete_office", title="总管")
    near = build.user("near", site)
    plain = build.role(site, "property.view_room", scope=DataScope.OFFICE, title="岗位")
    client.force_login(boss)
    person = {"office": site.pk, "username": "near", "name": "近", "phone": "13800000000", "roles": [above.pk]}
    assert client.post(f"/a/accounts/users/{near.pk}/edit/", person).status_code == 422
    assert client.post("/a/accounts/users/add/", person | {"username": "neu"}).status_code == 422
    system = build.permissions("org.delete_office")[0]
    sent = {"permissions": [system.pk]}
    assert client.post(f"/a/accounts/roles/{plain.pk}/assign/", sent).status_code == 422
    rows = Record.objects.filter(event="escalation.refuse", actor=boss).order_by("id")
    assert [row.target_id for row in rows] == [near.pk, None, plain.pk]
    # A slip in another field is no attempt.
    assert (
        client.post("/a/accounts/users/add/", {"office": site.pk, "username": "!", "roles": ["x"]}).status_code == 422
    )
    assert rows.count() == 3
