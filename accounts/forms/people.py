"""Roles and users as people type them."""

from __future__ import annotations

from collections import Counter
from copy import copy
from typing import Any

from django import forms
from django.contrib.auth.models import Permission

from accounts.models import DataScope, Role, RoleKind, User
from accounts.services.delegation import permission_name
from accounts.services.roles import assignable
from accounts.tables import Line, matrix
from heating.kit.fields import offer
from heating.kit.parsing import name as tidy
from heating.kit.parsing.phones import MOBILE, phone
from org.fields import OfficeChoice, OfficesChoice
from org.models import Office


class TidyField(forms.CharField):
    """A name, kept as an import keeps it: wide letters and invisible characters make no second one."""

    def clean(self, value: Any) -> str:
        found = tidy(super().clean(value), limit=self.max_length or 60)
        if not isinstance(found, str):
            raise forms.ValidationError("请填写")
        return found


class MobileField(forms.CharField):
    """A mobile of eleven digits, in whatever way people write it: 138-1234-5678, １３８…, +86."""

    def clean(self, value: Any) -> str:
        found = phone(super().clean(value))
        if not isinstance(found, str) or not MOBILE.fullmatch(found):
            raise forms.ValidationError("请填写 11 位手机号")
        return found


class RolesField(forms.ModelMultipleChoiceField):
    """Roles with tick boxes; where a name stands twice, as with two companies, each says its office."""

    def __init__(self, **options: Any) -> None:
        options |= {"queryset": Role.objects.none(), "widget": forms.CheckboxSelectMultiple}
        super().__init__(**options)

    def offer(self, rows: Any) -> None:
        """Offer these roles."""
        self.queryset = rows.select_related("office__company").order_by("office__path", "pk")
        titles = Counter(rows.order_by().values_list("title", flat=True))
        self.repeated = {title for title, count in titles.items() if count > 1}

    def label_from_instance(self, role: Role) -> str:
        return f"{role.title}（{role.office.name}）" if role.title in self.repeated else role.title


class ScopedForm(forms.Form):
    """A form whose choices are those of the page's permission."""

    def __init__(self, *args: Any, user: User, permission: str, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "office", Office.objects.visible_to(user, permission).order_by("path"))
        if isinstance(roles := self.fields.get("roles"), RolesField):
            roles.offer(Role.objects.visible_to(user, permission).filter(active=True))
        offer(self, "offices", Office.objects.visible_to(user, permission).order_by("path"))


class StandardForm(ScopedForm):
    """The company that gets the standard roles."""

    office = OfficeChoice(label="公司", queryset=Office.objects.none())

    def __init__(self, *args: Any, user: User, permission: str, **options: Any) -> None:
        super().__init__(*args, user=user, permission=permission, **options)
        offer(self, "office", Office.objects.visible_to(user, permission).order_by("path").companies())


class RoleForm(ScopedForm):
    """归属机构, 角色名称, 角色类型, 数据范围."""

    office = OfficeChoice(label="归属机构", queryset=Office.objects.none())
    title = TidyField(label="角色名称", max_length=60)
    kind = forms.ChoiceField(label="角色类型", choices=RoleKind.choices, initial=RoleKind.ORDINARY)
    scope = forms.ChoiceField(label="数据范围", choices=DataScope.choices, initial=DataScope.OFFICE_BELOW)
    note = forms.CharField(label="备注", max_length=200, required=False)


class PermissionsForm(forms.Form):
    """分配: the permissions, grouped by page, each with the role's data scope or one of its own."""

    permissions = forms.ModelMultipleChoiceField(
        label="菜单与操作", queryset=Permission.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, permission: str, role: Role, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = assignable(user)
        offer(self, "permissions", Permission.objects.filter(pk__in=[p.pk for p in rows]))
        self.rows, self.role, self.choices = rows, role, DataScope.choices

    def clean(self) -> dict[str, Any]:
        """Read `scope_<id>` of each ticked permission; empty is the role's own data scope."""
        scopes = {}
        for permission in self.cleaned_data.get("permissions", ()):
            scope = self.data.get(f"scope_{permission.pk}", "")
            if scope and scope not in DataScope.values:
                raise forms.ValidationError("请从列表中选择数据范围")
            scopes[permission_name(permission)] = scope
        return self.cleaned_data | {"scopes": scopes}

    def ticked(self) -> set[int]:
        """Return the ids of the ticked permissions, typed or initial."""
        return {int(text) for v in self["permissions"].value() or () if (text := str(getattr(v, "pk", v))).isdecimal()}

    def blocks(self) -> list[tuple[str, list[Line]]]:
        """Return the permissions by module and thing."""
        shown = copy(self.role)
        if self.is_bound:
            shown.other_scopes = {}
            for permission in self.rows:
                if scope := self.data.get(f"scope_{permission.pk}", ""):
                    shown.other_scopes.setdefault(scope, []).append(permission_name(permission))
        return matrix(self.rows, shown)


class OfficeSearch(forms.Form):
    """机构 with everything below it: half of the search of a page that picks."""

    office = OfficeChoice(label="机构", queryset=Office.objects.none(), required=False, empty_label="全部")

    def __init__(self, *args: Any, user: User, permission: str, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "office", Office.objects.visible_to(user, permission).order_by("path"))


class UserSearch(OfficeSearch):
    """Users by login name or name, and by office."""

    name = forms.CharField(label="姓名或登录名", max_length=40, required=False)
    field_order = ("name", "office")


class OfficesForm(ScopedForm):
    """数据明细: the offices of 按明细设置."""

    offices = OfficesChoice(label="机构", queryset=Office.objects.none(), required=False)


class UserForm(ScopedForm):
    """机构, 登录名, 姓名, 手机, 角色."""

    office = OfficeChoice(label="机构", queryset=Office.objects.none())
    username = forms.RegexField(
        label="登录名", regex=r"^[A-Za-z0-9_.@-]{2,40}$", error_messages={"invalid": "2–40 位字母、数字或 _ . @ -"}
    )
    name = TidyField(label="姓名", max_length=40)
    phone = MobileField(label="手机", max_length=40)
    roles = RolesField(label="角色", required=False)
