"""Lists and pages offer a deed only on what its verb reaches: a link that answers 404 is a dead end."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import build

pytestmark = pytest.mark.django_db


def test_what_is_seen_further_than_it_may_be_changed_is_not_offered_for_change(client: Client) -> None:
    red = build.company()
    east, west = build.site(red, "东城收费站"), build.site(red, "西城收费站")
    sees = build.role(red, "property.view_owner", scope="company")
    changes = build.role(red, "property.request_owner_change", scope="office_below")
    client.force_login(build.user("alice", east, sees, changes))
    near, far = (build.room(office=office).owner for office in (east, west))
    shown = client.get("/a/billing/owners/").content.decode()
    assert f"/a/billing/owners/{near.pk}/change/" in shown
    assert str(far) in shown and f"/a/billing/owners/{far.pk}/change/" not in shown
    pages = {owner: client.get(f"/a/property/owners/{owner.pk}/").content.decode() for owner in (near, far)}
    assert f"/a/billing/owners/{near.pk}/change/" in pages[near]
    assert f"/a/billing/owners/{far.pk}/change/" not in pages[far]
    assert client.get(f"/a/billing/owners/{near.pk}/change/").status_code == 200
    assert client.get(f"/a/billing/owners/{far.pk}/change/").status_code == 404
