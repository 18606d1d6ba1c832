"""Looking at a role and at a user; giving a role to users."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Count, Q
from django.urls import reverse

from accounts.forms.people import UserSearch
from accounts.lists import is_locked, oversees, roles_of
from accounts.models import DataScope, Role, User
from accounts.models.data_scope import places_of_users
from accounts.queries import place_names
from accounts.services.users import share_role
from accounts.tables import COLUMNS, matrix
from accounts.views.people import ROLES, USERS
from heating.kit.pages import Action, Choice, DetailPage, PickPage, Section
from heating.kit.pages.pick import MOST, numbers
from heating.kit.scope import Scope
from heating.kit.tables import Column, MaskedColumn, NumberColumn, Table
from org.models import Office

SHOWN = 200


class HolderTable(Table):
    """The users of a role."""

    username = Column("登录名", link="accounts:user-detail")
    name = Column("姓名")
    office = Column("机构", "office.name")
    active = Column("状态", lambda u: "启用" if u.is_active else "停用")


class HeldTable(Table):
    """The roles of a user."""

    title = Column("角色名称", link="accounts:role-detail")
    office = Column("归属机构", "office.name")
    scope = Column("数据范围", "scope_text", sort=False)
    active = Column("状态", lambda r: "启用" if r.active else "停用")


class Places(DetailPage):
    """A detail page that tells the places of a 辖区, as far as the reader sees them."""

    def told(self, scope: Scope) -> dict[str, Any]:
        names = place_names(scope, self.request.user, self.permission, most=SHOWN)
        total = len(scope.communities) + len(scope.buildings)
        return {"places": names[:SHOWN], "places_more": total - min(len(names), SHOWN)}


class RoleDetail(Places):
    """Facts, 数据明细, users, and what the role opens."""

    permission, model, crumbs, template = "accounts.view_role", Role, ROLES, "accounts/role.html"
    queryset = Role.objects.select_related("office").annotate(user_count=Count("user"))
    sections = (
        Section(
            "角色",
            facts=(
                Column("角色名称", "title"),
                Column("归属机构", "office.name"),
                Column("角色类型", "kind"),
                Column("数据范围", "scope_text"),
                Column("状态", lambda r: "启用" if r.active else "停用"),
                NumberColumn("用户数", "user_count"),
                Column("备注", "note"),
            ),
        ),
        Section(
            "使用该角色的用户",
            table=HolderTable,
            rows=lambda role: User.objects.filter(groups=role).select_related("office"),
            empty="还没有用户，请点“分配用户”",
            permission="accounts.view_user",
        ),
    )
    actions = (
        Action("分配", "accounts:role-assign", "accounts.change_role", style="primary"),
        Action("数据明细", "accounts:role-offices", "accounts.change_role", lambda r: DataScope.CHOSEN in r.scopes),
        Action("数据明细", "accounts:role-places", "accounts.change_role", lambda r: oversees([r])),
        Action("分配用户", "accounts:role-users", "accounts.change_user"),
        Action("编辑", "accounts:role-edit", "accounts.change_role"),
    )

    def extra(self) -> dict[str, Any]:
        role = self.object
        held = role.permissions.select_related("content_type").order_by("content_type__app_label", "id")
        offices = Office.objects.visible_to(self.request.user, self.permission).filter(pk__in=role.offices.values("pk"))
        return {
            "columns": COLUMNS,
            "modules": matrix(held, role),
            "offices": offices.order_by("path") if DataScope.CHOSEN in role.scopes else None,
            "overseen": oversees([role]),
            **self.told(role.places if oversees([role]) else Scope()),
        }


class UserDetail(Places):
    """Facts, roles, 辖区, and what the roles open together."""

    permission, model, crumbs, template = "accounts.view_user", User, USERS, "accounts/user.html"
    queryset = User.objects.select_related("office", "guard").prefetch_related("groups__role")
    sections = (
        Section(
            "用户",
            facts=(
                Column("登录名", "username"),
                Column("姓名", "name"),
                Column("机构", "office.name"),
                MaskedColumn("手机", "phone"),
                Column("状态", lambda u: "启用" if u.is_active else "停用"),
                Column("锁定", lambda u: "已锁定" if is_locked(u) else "未锁定"),
                Column("最近登录", "last_login"),
            ),
        ),
        Section(
            "角色",
            table=HeldTable,
            rows=lambda user: Role.objects.filter(user=user).select_related("office"),
            empty="还没有角色，登录后没有可用的菜单",
            permission="accounts.view_role",
        ),
    )
    actions = (
        Action("编辑", "accounts:user-edit", "accounts.change_user", style="primary"),
        Action("辖区小区", "accounts:user-places", "accounts.change_user", lambda u: oversees(roles_of(u))),
    )

    def extra(self) -> dict[str, Any]:
        user = self.object
        held = Permission.objects.filter(group__role__in=Role.objects.filter(user=user, active=True)).distinct()
        rows = held.select_related("content_type").order_by("content_type__app_label", "id")
        overseen = oversees(roles_of(user))
        return {
            "columns": COLUMNS,
            "modules": matrix(rows),
            "overseen": overseen,
            **self.told(places_of_users([user.pk]) if overseen else Scope()),
        }


class RoleUsers(PickPage):
    """分配用户."""

    title, permission, model, crumbs = "分配用户", "accounts.change_user", Role, ROLES
    queryset, search_class = Role.objects.all(), UserSearch
    heads = ("登录名", "姓名", "机构", "状态")
    success = "用户已分配"

    def get_title(self) -> str:
        return f"分配用户：{self.object}" if self.object else self.title

    def hint(self) -> str:
        return "" if self.object.active else "该角色已停用，用户暂时得不到它的菜单和权限"

    def matching(self, asked: dict[str, Any]) -> Any:
        """Return the users in scope that match, but not the actor: nobody changes himself."""
        rows = User.objects.visible_to(self.request.user, self.permission).exclude(pk=self.request.user.pk)
        if asked["office"]:
            rows = rows.filter(office__in=Office.objects.below(asked["office"]).values("pk"))
        if word := asked["name"]:
            rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
        return rows.select_related("office").order_by("office__path", "username")

    def chosen(self, asked: dict[str, Any]) -> list[Choice]:
        return self.choices(self.matching(asked).filter(groups=self.object))

    def found(self, asked: dict[str, Any]) -> list[Choice]:
        return self.choices(self.matching(asked).exclude(groups=self.object).filter(is_active=True))

    def choices(self, rows: Any) -> list[Choice]:
        return [
            Choice(
                str(u.pk),
                (u.username, u.name, str(u.office or ""), "启用" if u.is_active else "停用"),
            )
            for u in rows[: MOST + 1]
        ]

    def perform(self, *, add: set[str], remove: set[str]) -> None:
        share_role(self.object.pk, add=numbers(add), remove=numbers(remove), actor=self.request.user)

    def back_url(self) -> str:
        return reverse("accounts:role-list")
