"""The standard roles name verbs that exist, each once."""

import pytest

from accounts.standard_roles import JOBS_OF_COMPANY
from tests import build

PARTS = [part for parts in JOBS_OF_COMPANY.values() for part in parts]


@pytest.mark.django_db
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.title)
def test_every_verb_exists_and_is_named_once(part: object) -> None:
    assert len(build.permissions(*part.verbs)) == len(part.verbs) == len(set(part.verbs))


def test_who_collects_does_not_approve() -> None:
    cashier = {verb for part in JOBS_OF_COMPANY["CA"] for verb in part.verbs}
    admin = {verb for part in JOBS_OF_COMPANY["SA"] for verb in part.verbs}
    assert not [verb for verb in cashier if "approve" in verb or "execute" in verb or "reconcile" in verb]
    assert not [verb for verb in admin if verb.startswith(("payments.", "billing."))]
