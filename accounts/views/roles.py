"""Roles: looked at, added, edited, given permissions, offices and users, copied, deleted."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from accounts.forms import people as forms
from accounts.lists import oversees
from accounts.models import DataScope, Role, User
from accounts.services import roles
from accounts.services.delegation import note_forged
from accounts.services.standard import add_standard_roles
from accounts.services.users import share_role
from accounts.tables import COLUMNS, matrix
from accounts.views.jurisdiction import place_context
from heating.kit.pages import Action, Choice, ConfirmPage, DetailPage, FormPage, PickPage, Section
from heating.kit.pages.pick import MOST, numbers
from heating.kit.scope import Scope
from heating.kit.tables import Column, NumberColumn, Table
from org.models import Office

ROLES = (("系统设置", ""), ("角色管理", "accounts:role-list"))


class HolderTable(Table):
    """The users of a role."""

    username = Column("登录名", link="accounts:user-detail")
    name = Column("姓名")
    office = Column("机构", "office.name")
    active = Column("状态", lambda u: "启用" if u.is_active else "停用")


class RoleDetail(DetailPage):
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
            **place_context(self, role.places if oversees([role]) else Scope()),
        }


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

    def invalid(self, form: Any) -> None:
        sent, offered = form.data.getlist("permissions"), form.fields["permissions"].queryset
        note_forged(self.object, sent, offered, actor=self.request.user)

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


class RoleUsers(PickPage):
    """分配用户."""

    title, permission, model, crumbs = "分配用户", "accounts.change_user", Role, ROLES
    queryset, search_class = Role.objects.all(), forms.UserSearch
    heads = ("登录名", "姓名", "机构", "状态")
    success = "用户已分配"

    def get_title(self) -> str:
        return f"分配用户：{self.object}" if self.object else self.title

    def hint(self) -> str:
        return "" if self.object.active else "该角色已停用，用户暂时得不到它的菜单和权限"

    def matching(self, asked: dict[str, Any]) -> Any:
        """Return the users in scope that match, but not the actor, who cannot change their own roles."""
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
