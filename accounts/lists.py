"""角色管理 and 用户管理."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import DataScope, Role, RoleKind, User
from heating.kit.filters import TextFilter, WordFilter
from heating.kit.pages import ListPage
from heating.kit.tables import Column, MaskedColumn, NumberColumn, RowAction, Table
from org.fields import OfficeFilter

CRUMBS = (("系统设置", ""),)
ACTIVE = (("yes", "启用"), ("no", "停用"))
STANDING = (("locked", "已锁定"), ("norole", "未分配角色"), ("new", "未设密码"))


class RoleFilter(django_filters.FilterSet):
    """角色名称, 归属机构, 角色类型."""

    title = TextFilter("title", label="角色名称")
    office = OfficeFilter(field_names=("office_id",), permission="accounts.view_role", label="归属机构")
    kind = WordFilter("kind", label="角色类型", choices=RoleKind.choices)


def oversees(roles: Iterable[Role]) -> bool:
    """Say whether one of the roles has the scope 辖区."""
    return any(DataScope.JURISDICTION in role.scopes for role in roles)


def roles_of(user: User) -> list[Role]:
    return [group.role for group in user.groups.all() if hasattr(group, "role")]


class RoleTable(Table):
    title = Column("角色名称", link="accounts:role-detail")
    office = Column("归属机构", "office.name")
    kind = Column("角色类型")
    scope = Column("数据范围", "scope_text", sort="scope")
    users = NumberColumn("用户数", "user_count")
    active = Column("状态", lambda r: "启用" if r.active else "停用", sort="active")
    actions = (
        RowAction("分配", "accounts:role-assign", "accounts.change_role"),
        RowAction("数据明细", "accounts:role-offices", "accounts.change_role", lambda r: DataScope.CHOSEN in r.scopes),
        RowAction("数据明细", "accounts:role-places", "accounts.change_role", lambda r: oversees([r])),
        RowAction("分配用户", "accounts:role-users", "accounts.change_user"),
        RowAction("编辑", "accounts:role-edit", "accounts.change_role"),
        RowAction("停用", "accounts:role-disable", "accounts.change_role", lambda r: r.active),
        RowAction("启用", "accounts:role-enable", "accounts.change_role", lambda r: not r.active),
        RowAction("复制", "accounts:role-copy", "accounts.add_role"),
        RowAction("删除", "accounts:role-delete", "accounts.delete_role"),
    )


class RoleList(ListPage):
    """角色管理."""

    title, permission, crumbs, model = "角色管理", "accounts.view_role", CRUMBS, Role
    queryset = Role.objects.select_related("office").annotate(user_count=Count("user"))
    filterset, table = RoleFilter, RoleTable
    create = ("新增", "accounts:role-add", "accounts.add_role")
    tools = (("建立标准角色", "accounts:role-standard", "accounts.add_role"),)


class UserFilter(django_filters.FilterSet):
    """登录名, 姓名, 机构, 角色, 状态."""

    username = TextFilter("username", label="登录名")
    name = TextFilter("name", label="姓名")
    office = OfficeFilter(field_names=("office_id",), permission="accounts.view_user")
    role = TextFilter(label="角色", method="by_role")
    active = WordFilter(label="状态", choices=(*ACTIVE, *STANDING), method="by_active")

    def by_role(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(pk__in=User.objects.filter(groups__role__title__icontains=value).values("pk"))

    def by_active(self, queryset: Any, name: str, value: str) -> Any:
        conditions = {
            "locked": Q(guard__locked_until__gt=timezone.now()),
            "norole": Q(is_active=True, groups=None),
            "new": Q(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX),
        }
        return queryset.filter(conditions.get(value) or Q(is_active=value == "yes"))


def is_locked(user: User) -> bool:
    """Say whether the user's login name is locked now."""
    guard = getattr(user, "guard", None)
    return guard is not None and guard.locked(timezone.now())


class UserTable(Table):
    username = Column("登录名", link="accounts:user-detail")
    name = Column("姓名")
    office = Column("机构", "office.name")
    roles = Column("角色", lambda u: "、".join(role.title for role in roles_of(u)), width=30)
    phone = MaskedColumn("手机")
    active = Column("状态", lambda u: "启用" if u.is_active else "停用", sort="is_active")
    last_login = Column("最近登录")
    locked = Column("锁定", lambda u: "已锁定" if is_locked(u) else "")
    second = Column("动态口令", lambda u: "已启用" if u.has_second_factor else "")
    actions = (
        RowAction("编辑", "accounts:user-edit", "accounts.change_user"),
        RowAction("辖区小区", "accounts:user-places", "accounts.change_user", lambda u: oversees(roles_of(u))),
        RowAction("重置密码", "accounts:user-reset", "accounts.reset_password"),
        RowAction("解锁", "accounts:user-unlock", "accounts.unlock_user", is_locked),
        RowAction("解除动态口令", "accounts:user-release", "accounts.release_user", lambda u: u.has_second_factor),
        RowAction("权限查询", "accounts:access-of-user", "accounts.view_user"),
        RowAction("停用", "accounts:user-disable", "accounts.change_user", lambda u: u.is_active),
        RowAction("启用", "accounts:user-enable", "accounts.change_user", lambda u: not u.is_active),
    )


class UserList(ListPage):
    """用户管理."""

    title, permission, crumbs, model = "用户管理", "accounts.view_user", CRUMBS, User
    queryset = User.objects.select_related("office", "guard", "authenticator").prefetch_related("groups__role")
    filterset, table = UserFilter, UserTable
    create = ("新增", "accounts:user-add", "accounts.add_user")
    tools = (("导入", "accounts:user-import", "accounts.add_user"),)
    bulk = (("批量重置密码", "accounts:user-reset-many", "accounts.reset_password"),)
