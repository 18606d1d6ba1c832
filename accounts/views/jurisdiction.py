"""辖区小区 of a user, 数据明细 of a role with the scope 辖区."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse

from accounts.forms.jurisdiction import PlaceSearch
from accounts.models import DataScope, Role, User
from accounts.models.data_scope import places_of_role, places_of_users
from accounts.queries import place_names
from heating.kit.pages import Choice, DetailPage, PickPage
from heating.kit.pages.pick import MOST, numbers
from heating.kit.scope import Scope
from org.models import Office
from property.models import Building, Community
from property.services import jurisdiction

WHOLE = "整个小区"
# So many places of a 辖区 are named on a detail page.
SHOWN = 200


class OverseenPlaces(PickPage):
    """小区 and single 楼幢; buildings are searched by filling in 楼幢名称."""

    search_class, heads, success = PlaceSearch, ("小区", "楼幢", "所属机构"), "辖区已保存"
    back: ClassVar[str] = ""

    def overseen(self) -> Scope:
        """Return what the object oversees now."""
        raise NotImplementedError(type(self).__name__)

    def communities(self, asked: dict[str, Any]) -> Any:
        rows = Community.objects.visible_to(self.request.user, self.permission).select_related("office")
        if asked["office"]:
            rows = rows.filter(office__in=Office.objects.below(asked["office"]).values("pk"))
        return rows.filter(name__icontains=asked["name"]) if asked["name"] else rows

    def buildings(self, asked: dict[str, Any]) -> Any:
        rows = Building.objects.visible_to(self.request.user, self.permission).select_related("community__office")
        if asked["office"]:
            rows = rows.filter(community__office__in=Office.objects.below(asked["office"]).values("pk"))
        wanted = Q(community__name__icontains=asked["name"]) & Q(name__icontains=asked["building"])
        return rows.filter(wanted)

    def chosen(self, asked: dict[str, Any]) -> list[Choice]:
        held = self.overseen()
        whole = self.communities(asked).filter(pk__in=held.communities) if not asked["building"] else []
        single = self.buildings(asked).filter(pk__in=held.buildings)
        return [*map(of_community, whole[: MOST + 1]), *map(of_building, single[: MOST + 1])]

    def found(self, asked: dict[str, Any]) -> list[Choice]:
        held = self.overseen()
        if asked["building"]:
            return [*map(of_building, self.buildings(asked).exclude(pk__in=held.buildings)[: MOST + 1])]
        return [*map(of_community, self.communities(asked).exclude(pk__in=held.communities)[: MOST + 1])]

    def back_url(self) -> str:
        return reverse(self.back)


class RolePlaces(OverseenPlaces):
    title, permission, model, back = "数据明细", "accounts.change_role", Role, "accounts:role-list"
    queryset, crumbs = Role.objects.all(), (("系统设置", ""), ("角色管理", "accounts:role-list"))

    def get_title(self) -> str:
        return f"数据明细：{self.object}" if self.object else self.title

    def hint(self) -> str:
        if DataScope.JURISDICTION not in self.object.scopes:
            return "该角色的数据范围不是“辖区数据”，这里的设置暂不起作用"
        return "这里的小区和楼幢对使用该角色的每个用户都有效；只给某一个用户的，请在用户管理的“辖区小区”中设置"

    def overseen(self) -> Scope:
        return places_of_role(self.object.pk)

    def perform(self, *, add: set[str], remove: set[str]) -> None:
        changes = {"add": as_scope(add), "remove": as_scope(remove)}
        jurisdiction.oversee_as_role(self.object.pk, **changes, actor=self.request.user)


class UserPlaces(OverseenPlaces):
    title, permission, model, back = "辖区小区", "accounts.change_user", User, "accounts:user-list"
    queryset, crumbs = User.objects.all(), (("系统设置", ""), ("用户管理", "accounts:user-list"))

    def get_title(self) -> str:
        return f"辖区小区：{self.object}" if self.object else self.title

    def hint(self) -> str:
        if any(DataScope.JURISDICTION in role.scopes for role in Role.objects.filter(user=self.object)):
            return ""
        return "该用户没有数据范围为“辖区数据”的角色，这里的设置暂不起作用"

    def overseen(self) -> Scope:
        return places_of_users([self.object.pk])

    def perform(self, *, add: set[str], remove: set[str]) -> None:
        changes = {"add": as_scope(add), "remove": as_scope(remove)}
        jurisdiction.oversee_as_user(self.object.pk, **changes, actor=self.request.user)


def of_community(place: Community) -> Choice:
    return Choice(f"c{place.pk}", (place.name, WHOLE, place.office.name))


def of_building(place: Building) -> Choice:
    return Choice(f"b{place.pk}", (place.community.name, place.name, place.community.office.name))


def as_scope(values: set[str]) -> Scope:
    """Read "c5" and "b7" that the page sent back."""
    buildings = {value for value in values if value.startswith("b")}
    return Scope(
        communities=frozenset(numbers({value.removeprefix("c") for value in values - buildings})),
        buildings=frozenset(numbers({value.removeprefix("b") for value in buildings})),
    )


def place_context(page: DetailPage, scope: Scope) -> dict[str, Any]:
    """Return the places of a 辖区 for a detail page, as far as its reader sees them."""
    names = place_names(scope, page.request.user, page.permission, most=SHOWN)
    total = len(scope.communities) + len(scope.buildings)
    return {"places": names[:SHOWN], "places_more": total - min(len(names), SHOWN)}
