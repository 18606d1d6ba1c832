"""The standard roles name permissions that exist, each once."""

import pytest

from heating.standard_roles import JOBS
from tests import build

PARTS = list(JOBS.values())


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.title)
def test_every_permission_exists_and_is_named_once(part: object) -> None:
    assert len(build.permissions(*part.permissions)) == len(part.permissions) == len(set(part.permissions))


def test_who_collects_does_not_approve() -> None:
    cashier = set(JOBS["CA"].permissions)
    admin = set(JOBS["SA"].permissions)
    assert not [p for p in cashier if "approve" in p or "execute" in p or "reconcile" in p]
    assert not [permission for permission in admin if permission.startswith(("payments.", "billing."))]
