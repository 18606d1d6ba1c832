"""The permission matrix (quality.md §3.5): every address × every job × five positions × every method."""

from __future__ import annotations

import pytest

from tests.matrix.people import NAMES, principal
from tests.matrix.walk import pages, walk
from tests.matrix.world import make_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", NAMES)
def test_everybody_sees_and_touches_exactly_his_part(name: str) -> None:
    world = make_world()
    walked = walk(world, principal(name, world))
    assert not walked.problems, "\n".join(walked.problems)
    assert walked.visited == {known for known, _page in pages()}
