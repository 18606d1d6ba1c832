"""The matrix can fail: take a guard away and it is red."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from billing.lists import OrderList
from billing.views.orders import OrderDetail
from heating.kit.pages import Page
from heating.kit.scope import Scope, ScopedQuerySet
from tests.house.test_pages import patterns, undeclared
from tests.matrix.people import principal
from tests.matrix.walk import walk
from tests.matrix.world import make_world

pytestmark = pytest.mark.django_db
SOME = {"billing:order-list", "billing:order-detail", "property:community-list", "payments:payment-reverse"}


def problems(name: str, only: set[str] = SOME) -> list[str]:
    world = make_world()
    return walk(world, principal(name, world), only).problems


def test_the_part_walked_here_is_clean() -> None:
    assert problems("CA") == []


def test_a_visible_to_that_returns_everything_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, user, permission: self.all())
    found = "\n".join(problems("CA"))
    assert "/a/billing/orders/ shows a word of other" in found
    assert "(billing:order-detail) at other gave 200" in found
    assert "shows the sum" in found


def test_a_visible_to_that_returns_nothing_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    who = principal("CA", world)
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, user, permission: self.none())
    assert any("misses the row of sister" in problem for problem in walk(world, who, SOME).problems)


@pytest.mark.parametrize("page", [OrderList, OrderDetail])
def test_a_page_that_forgets_its_permission_is_red(monkeypatch: pytest.MonkeyPatch, page: type[Page]) -> None:
    permissions = {OrderList.permission}
    monkeypatch.setattr(page, "permission", "")
    assert any(page.__name__ in str(view.view_class) for _r, _n, view in patterns() if hasattr(view, "view_class"))
    assert undeclared(list(patterns()), permissions)


def test_a_page_that_looks_rows_up_past_the_scope_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OrderDetail, "fetch", lambda self, queryset, pk: queryset.get(pk=pk))
    assert any("(billing:order-detail) at other gave 200" in problem for problem in problems("CA"))


def test_scopes_that_add_up_over_roles_of_another_permission_are_red(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(self: Any, permission: str) -> Scope:
        total = Scope()
        for role, _held in self.active_roles:
            total = total | self.role_scope(role)
        return total

    monkeypatch.setattr(User, "scope", careless)
    assert any("shows a word of sister" in problem for problem in problems("TWO"))


def test_a_look_that_writes_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    def curious(self: Any, queryset: Any, pk: Any) -> Any:
        self.request.user.phone = "13900000000"
        self.request.user.save()
        return queryset.visible_to(self.request.user, self.permission).get(pk=pk)

    monkeypatch.setattr(OrderDetail, "fetch", curious)
    assert any("wrote ['accounts_user']" in problem for problem in problems("CA"))
