"""The permission matrix: every address × every job × five positions × every method."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.house.test_pages import PUBLIC
from tests.matrix.people import NAMES, principal
from tests.matrix.walk import address, pages, takes_id, walk
from tests.matrix.world import OWN, make_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", NAMES)
def test_everybody_sees_and_touches_exactly_their_part(name: str) -> None:
    world = make_world()
    walked = walk(world, principal(name, world))
    assert not walked.problems, "\n".join(walked.problems)
    assert walked.visited == {known for known, _page in pages()}


def test_nobody_without_a_sign_in_gets_anywhere() -> None:
    world = make_world()
    client = Client()
    for name, page in pages():
        path = address(name, page, world.spots[OWN]) if takes_id(name) else reverse(name)
        for method in ("get", "head", "post", "put", "delete"):
            answer = getattr(client, method)(path)
            assert answer.status_code == 302 and answer["Location"].startswith("/a/login"), (method, path)


def test_nothing_is_public_by_accident() -> None:
    doors = {"accounts:login", "accounts:login-code", "accounts:logout", "captcha-refresh", "captcha-image"}
    assert doors | {"health", "metrics"} == PUBLIC
