"""Roles and users: forms and confirmations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from accounts.forms import people as forms
from accounts.models import Role, User
from accounts.services import passwords, roles, two_factor, users
from accounts.services.standard import add_standard_roles
from accounts.tables import COLUMNS
from heating.kit.pages import ConfirmPage, FormPage

ROLES = (("系统设置", ""), ("角色管理", "accounts:role-list"))
USERS = (("系统设置", ""), ("用户管理", "accounts:user-list"))


class RoleForm(FormPage):
    """The frame of the role forms."""

    crumbs, form_class, model = ROLES, forms.RoleForm, Role

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user, "permission": self.permission}

    def back_url(self) -> str:
        return reverse("accounts:role-list")


class RoleAdd(RoleForm):
    title, permission, success = "新增角色", "accounts.add_role", "角色已添加，请点“分配”设置菜单"

    def perform(self, form: Any) -> Role:
        return roles.add_role(form.cleaned_data, actor=self.request.user)

    def success_url(self, result: Role) -> str:
        """Lead to the role, where 分配 is the first button: the manual's next step; its row may stand pages away."""
        return reverse("accounts:role-detail", args=[result.pk])


class RoleStandard(RoleForm):
    """建立标准角色 of a company; the roles that it has stay as they are."""

    title, permission, form_class, submit = "建立标准角色", "accounts.add_role", forms.StandardForm, "确定"

    def perform(self, form: Any) -> None:
        made = add_standard_roles(form.cleaned_data["office"], actor=self.request.user)
        self.success = f"已建立 {len(made)} 个标准角色" if made else "标准角色都已存在，没有新建"


class RoleEdit(RoleForm):
    title, permission, queryset = "编辑角色", "accounts.change_role", Role.objects.all()

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in forms.RoleForm.base_fields}

    def perform(self, form: Any) -> Role:
        return roles.edit_role(self.object.pk, form.cleaned_data, actor=self.request.user)


class RoleAssign(RoleForm):
    """分配."""

    title, permission, queryset = "分配角色菜单", "accounts.change_role", Role.objects.all()
    form_class, template, success = forms.PermissionsForm, "accounts/assign.html", "菜单与操作已分配"

    def extra(self) -> dict[str, Any]:
        return {"columns": COLUMNS}

    def form_options(self) -> dict[str, Any]:
        return super().form_options() | {"role": self.object}

    def initial(self) -> dict[str, Any]:
        return {"permissions": list(self.object.permissions.values_list("pk", flat=True))}

    def perform(self, form: Any) -> Role:
        return roles.assign_permissions(self.object.pk, **form.cleaned_data, actor=self.request.user)


class RoleOffices(RoleForm):
    """数据明细."""

    title, permission, queryset = "数据明细", "accounts.change_role", Role.objects.all()
    form_class = forms.OfficesForm

    def initial(self) -> dict[str, Any]:
        return {"offices": list(self.object.offices.values_list("pk", flat=True))}

    def perform(self, form: Any) -> Role:
        return roles.choose_offices(self.object.pk, form.cleaned_data["offices"], actor=self.request.user)


class RoleCopy(ConfirmPage):
    title, permission, queryset, model, crumbs = "复制角色", "accounts.add_role", Role.objects.all(), Role, ROLES

    def get_question(self) -> str:
        return f"复制角色“{self.object}”？"

    def perform(self, form: Any) -> Role:
        return roles.copy_role(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("accounts:role-list")


class RoleSwitch(ConfirmPage):
    """停用 and 启用 of a role."""

    permission, queryset, model, crumbs, word = "accounts.change_role", Role.objects.all(), Role, ROLES, ""
    active = False

    def get_question(self) -> str:
        return f"{self.word}角色“{self.object}”？"

    def perform(self, form: Any) -> Role:
        return roles.set_role_active(self.object.pk, active=self.active, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("accounts:role-list")


class RoleDisable(RoleSwitch):
    title, word, danger, active = "停用角色", "停用", True, False

    def get_question(self) -> str:
        return f"停用角色“{self.object}”？使用该角色的用户将立即失去它的菜单和权限。"


class RoleEnable(RoleSwitch):
    title, word, active = "启用角色", "启用", True


class RoleDelete(ConfirmPage):
    title, permission, queryset, model, crumbs = "删除角色", "accounts.delete_role", Role.objects.all(), Role, ROLES
    danger, success = True, "角色已删除"

    def get_question(self) -> str:
        return f"删除角色“{self.object}”？"

    def perform(self, form: Any) -> None:
        roles.delete_role(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("accounts:role-list")


class UserForm(FormPage):
    """The frame of the user forms."""

    crumbs, form_class, model = USERS, forms.UserForm, User

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user, "permission": self.permission}

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
    """解除双因子: his phone is lost."""

    title, permission, word, danger = "解除双因子", "accounts.release_user", "解除双因子登录：", True
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
