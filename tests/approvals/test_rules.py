"""Figures before and after, and the hash of what is seen; no database."""

from __future__ import annotations

from decimal import Decimal

from heating.approvals.rules import SUMS, add_up, differences, hash_of

BEFORE = {
    "2025 热力费 #A1/1": {"line": "标准 2149.20", "principal": "2149.20", "due": "2149.20"},
    "预存款": {"line": "", "principal": "", "due": "0.00"},
}


def test_only_what_differs_is_told_with_its_account() -> None:
    after = BEFORE | {"2025 热力费 #A1/1": {"line": "标准 2040.00", "principal": "2040.00", "due": "2040.00"}}
    assert differences(BEFORE, BEFORE) == []
    (row,) = differences(BEFORE, after)
    assert (row["what"], row["account"]) == ("2025 热力费", "A1")
    assert (row["principal_before"], row["principal_after"]) == ("2149.20", "2040.00")
    (gone,) = differences(BEFORE, {"预存款": BEFORE["预存款"]})
    assert (gone["due_before"], gone["due_after"], gone["line_after"]) == ("2149.20", "0.00", "")


def test_the_hash_is_of_content_and_effect() -> None:
    effect = differences(BEFORE, {})
    assert hash_of(["a", 1], effect) == hash_of(["a", 1], effect) and len(hash_of([], [])) == 64
    assert len({hash_of(["a"], effect), hash_of(["b"], effect), hash_of(["a"], effect[:1])}) == 3


def test_many_effects_add_up_and_what_has_no_principal_is_no_order() -> None:
    sums = {"orders": 0} | dict.fromkeys(SUMS, Decimal(0))
    for effect in (differences(BEFORE, {}), differences({}, BEFORE)):
        add_up(sums, effect)
    assert sums["orders"] == 3
    assert (sums["principal_before"], sums["due_after"]) == (Decimal("2149.20"), Decimal("2149.20"))
