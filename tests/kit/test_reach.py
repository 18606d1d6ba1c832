"""Lists and pages offer a deed only on what its permission reaches: a link that answers 404 is a dead end."""

from __future__ import annotations

import pytest
from django.test import Client
from guardian.shortcuts import assign_perm

from org.models import DictEntry
from tests import build

pytestmark = pytest.mark.django_db


def test_what_is_seen_further_than_it_may_be_changed_is_not_offered_for_change(client: Client) -> None:
    red = build.company()
    east, west = build.site(red, "东城收费站"), build.site(red, "西城收费站")
    sees = build.role(red, "property.view_owner", scope="company")
    changes = build.role(red, "property.request_owner_change", scope="office_below")
    client.force_login(build.user("alice", east, sees, changes))
    near, far = (build.room(office=office).owner for office in (east, west))
    shown = client.get("/a/property/owners/").content.decode()
    assert f"/a/property/owners/{near.pk}/change/" in shown
    assert str(far) in shown and f"/a/property/owners/{far.pk}/change/" not in shown
    pages = {owner: client.get(f"/a/property/owners/{owner.pk}/").content.decode() for owner in (near, far)}
    assert f"/a/property/owners/{near.pk}/change/" in pages[near]
    assert f"/a/property/owners/{far.pk}/change/" not in pages[far]
    assert client.get(f"/a/property/owners/{near.pk}/change/").status_code == 200
    assert client.get(f"/a/property/owners/{far.pk}/change/").status_code == 404


def test_whoever_oversees_one_building_is_offered_nothing_on_the_whole_community(client: Client) -> None:
    office = build.site(build.company())
    permissions = ("property.view_community", "property.change_community", "property.delete_community")
    patty = build.user("patty", office, build.role(office, *permissions, scope="jurisdiction"))
    area, whole = build.community(office, "一区"), build.community(office, "二区")
    assign_perm("property.oversee_building", patty, build.building(area))
    assign_perm("property.oversee_community", patty, whole)
    client.force_login(patty)
    shown = client.get("/a/property/communities/").content.decode()
    assert "一区" in shown and f"/a/property/communities/{area.pk}/edit/" not in shown
    assert f"/a/property/communities/{whole.pk}/edit/" in shown


def test_words_that_belong_to_nobody_are_offered_to_every_holder_of_the_permission(client: Client) -> None:
    company = build.company()
    sees = build.role(company, "org.view_dictentry", scope="company")
    client.force_login(build.user("walter", company, sees, build.role(company, "org.change_dictentry", scope="all")))
    DictEntry.objects.create(dictionary="relief", code="hero", label="烈属")
    assert client.get("/a/org/dictionaries/").context["rows"][0].actions
