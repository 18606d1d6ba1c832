"""Users: looked at, added, edited, their passwords, locks and second factors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.forms import people as forms
from accounts.lists import is_locked, oversees, roles_of
from accounts.models import Role, User
from accounts.models.data_scope import places_of_users
from accounts.services import passwords, two_factor, users
from accounts.services.delegation import note_forged
from accounts.tables import COLUMNS, matrix
from accounts.views.jurisdiction import place_context
from heating.kit.pages import Action, ConfirmPage, DetailPage, FormPage, Section
from heating.kit.scope import Scope
from heating.kit.tables import Column, MaskedColumn, Table

USERS = (("系统设置", ""), ("用户管理", "accounts:user-list"))


class HeldTable(Table):
    """The roles of a user."""

    title = Column("角色名称", link="accounts:role-detail")
    office = Column("归属机构", "office.name")
    scope = Column("数据范围", "scope_text", sort=False)
    active = Column("状态", lambda r: "启用" if r.active else "停用")


class UserDetail(DetailPage):
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
            **place_context(self, places_of_users([user.pk]) if overseen else Scope()),
        }


class UserForm(FormPage):
    """The frame of the user forms."""

    crumbs, form_class, model = USERS, forms.UserForm, User

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user, "permission": self.permission}

    def invalid(self, form: Any) -> None:
        target = self.object or User(username=form.data.get("username", "")[:40], office=self.request.user.office)
        note_forged(target, form.data.getlist("roles"), form.fields["roles"].queryset, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("accounts:user-list")


class UserAdd(UserForm):
    title, permission = "新增用户", "accounts.add_user"
    success = "请将初始密码当面告知本人，首次登录须修改"

    def perform(self, form: Any) -> User:
        user, password = users.add_user(form.cleaned_data, actor=self.request.user, now=timezone.now())
        messages.warning(self.request, f"用户 {user.username} 的初始密码：{password}（只显示这一次）")
        return user


class UserEdit(UserForm):
    title, permission, queryset = "编辑用户", "accounts.change_user", User.objects.all()

    def initial(self) -> dict[str, Any]:
        held = list(Role.objects.filter(user=self.object).values_list("pk", flat=True))
        return {n: getattr(self.object, n) for n in ("office", "username", "name", "phone")} | {"roles": held}

    def perform(self, form: Any) -> User:
        return users.edit_user(self.object.pk, form.cleaned_data, actor=self.request.user)


class UserConfirm(ConfirmPage):
    """One action on one user."""

    queryset, model, crumbs, word = User.objects.all(), User, USERS, ""

    def get_question(self) -> str:
        return f"{self.word}用户“{self.object}”？"

    def back_url(self) -> str:
        return reverse("accounts:user-list")


class UserReset(UserConfirm):
    title, permission, word = "重置密码", "accounts.reset_password", "重置密码："
    success = "密码已重置，下次登录须修改"

    def perform(self, form: Any) -> None:
        user, password = passwords.reset_password(self.object.pk, actor=self.request.user, now=timezone.now())
        messages.warning(self.request, f"用户 {user.username} 的新密码：{password}（只显示这一次）")


class UserUnlock(UserConfirm):
    title, permission, word, success = "解锁用户", "accounts.unlock_user", "解锁", "已解锁"

    def perform(self, form: Any) -> None:
        passwords.unlock_user(self.object.pk, actor=self.request.user)


class UserRelease(UserConfirm):
    """解除动态口令, when the phone is lost."""

    title, permission, word, danger = "解除动态口令", "accounts.release_user", "解除动态口令登录：", True
    success = "已解除，该用户可只凭密码登录"

    def perform(self, form: Any) -> None:
        two_factor.release_user(self.object.pk, actor=self.request.user)


class UserDisable(UserConfirm):
    title, permission, word, danger = "停用用户", "accounts.change_user", "停用", True

    def perform(self, form: Any) -> None:
        users.set_user_active(self.object.pk, active=False, actor=self.request.user)


class UserEnable(UserConfirm):
    title, permission, word = "启用用户", "accounts.change_user", "启用"

    def perform(self, form: Any) -> None:
        users.set_user_active(self.object.pk, active=True, actor=self.request.user)
