"""Users, roles and guards in the back office: to look at; the pages of 系统设置 change them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.models import Device, LoginFailure, LoginGuard, Role, User
from heating.kit.backoffice import BackOfficeAdmin


@admin.register(User)
class UserAdmin(BackOfficeAdmin):
    """Who may come in here is said by `manage.py grant_admin`, not on a page."""

    see = "accounts.view_user"
    list_display = ("username", "name", "office", "phone", "is_active", "is_staff", "last_login")
    search_fields = ("username", "name", "office__name")
    list_filter = ("is_active", "is_staff", "office")
    masked, secret = ("phone", "email"), ("password", "session_epoch", "is_superuser")
    readonly_fields = ("held",)

    @admin.display(description="角色")
    def held(self, user: User) -> str:
        return "、".join(Role.objects.filter(user=user).values_list("title", flat=True))


@admin.register(Role)
class RoleAdmin(BackOfficeAdmin):
    see = "accounts.view_role"
    list_display = ("title", "office", "kind", "scope", "active")
    search_fields = ("title", "office__name")
    list_filter = ("kind", "scope", "active", "office")
    secret = ("id", "name", "group_ptr")
    readonly_fields = ("chosen", "permissions")

    @admin.display(description="按明细设置的机构")
    def chosen(self, role: Role) -> str:
        return "、".join(role.offices.values_list("name", flat=True))

    @admin.display(description="菜单与操作")
    def permissions(self, role: Role) -> str:
        return "、".join(role.permissions.order_by("content_type_id", "id").values_list("name", flat=True))


class GuardAdmin(BackOfficeAdmin):
    """The guards of the sign-in, for whoever reads its log; their keys are hashes and stay hidden."""

    see, within = "accounts.view_loginlog", "user"
    secret = ("key",)


@admin.register(LoginGuard)
class LoginGuardAdmin(GuardAdmin):
    list_display = ("id", "user", "failures", "locked_until", "changed_at")
    search_fields = ("user__username", "user__name")
    list_filter = ("locked_until",)


@admin.register(Device)
class DeviceAdmin(GuardAdmin):
    list_display = ("id", "user", "seen_at")
    search_fields = ("user__username", "user__name")


@admin.register(LoginFailure)
class LoginFailureAdmin(BackOfficeAdmin):
    see = "accounts.view_loginlog"
    list_display = ("id", "address", "at")
    search_fields = ("address",)
    list_filter: Any = ("at",)
