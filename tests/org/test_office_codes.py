"""机构编码 are unique in their company, and tell nobody what another company uses."""

from __future__ import annotations

from typing import Any

import pytest

from heating.kit.errors import Refusal
from org.models import Office, OfficeKind
from org.services import add_office, change_office
from tests import build

pytestmark = pytest.mark.django_db


def site(parent: Office, name: str, code: str = "") -> dict[str, Any]:
    return {"parent": parent, "name": name, "kind": OfficeKind.SITE, "level": 2, "code": code}


def test_two_companies_use_the_same_code() -> None:
    one, other = build.company("甲"), build.company("乙")
    first = add_office(site(one, "东站", "E01"), actor=None)
    second = add_office(site(other, "东站", "E01"), actor=None)
    assert first.code == second.code == "E01"


def test_one_company_uses_a_code_once() -> None:
    one = build.company("甲")
    add_office(site(one, "东站", "E01"), actor=None)
    with pytest.raises(Refusal, match="本公司已有该机构编码") as refused:
        add_office(site(one, "西站", "E01"), actor=None)
    assert refused.value.field == "code"
    west = add_office(site(one, "西站", "W01"), actor=None)
    boss = build.user("boss", one, build.role(one, "org.change_office", "org.view_office"))
    with pytest.raises(Refusal, match="本公司已有该机构编码"):
        change_office(west.pk, {"code": "E01"}, actor=boss)


def test_an_automatic_code_avoids_the_ones_in_use() -> None:
    one = build.company("甲")
    taken = add_office(site(one, "东站"), actor=None)
    add_office(site(one, "西站", f"{taken.pk + 2:04d}"), actor=None)
    codes = [add_office(site(one, f"站{n}"), actor=None).code for n in range(3)]
    assert len({*codes, f"{taken.pk + 2:04d}"}) == 4
