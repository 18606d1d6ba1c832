"""机构, 参数 and 字典 in the back office: changed by the services of `org`, moved in and out as workbooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from import_export.fields import Field

from heating.kit.backoffice import ServiceAdmin, ServiceForm
from heating.kit.backoffice.resource import Found, ServiceResource, Text, Whole, Word, one_of
from heating.kit.backoffice.transfer import Importing
from heating.kit.errors import Refusal
from org import services
from org.forms import DictEntryForm
from org.forms import OfficeForm as PageForm
from org.models import DictEntry, Office, OfficeKind, OfficeLevel, Parameter
from org.parameters import KEYS
from org.states import DICTIONARIES

YES_NO = ((True, "启用"), (False, "停用"))


def kept(office: Office, data: dict[str, Any], *, actor: Any) -> Office:
    """Change an office and, if that is what changed, take it out of or into use."""
    active = data.pop("active", office.active)
    changed = services.change_office(office.pk, data, actor=actor)
    return changed if changed.active == active else services.switch_office(office.pk, actor=actor)


class OfficeForm(ServiceForm):
    code = forms.CharField(label="机构编码", max_length=12, required=False, help_text="不填则自动编号")

    clean_name = PageForm.clean_name


class OfficeResource(ServiceResource):
    """The row is found by 机构编码; without a code, or with a new one, it is added."""

    change_permission = "org.change_office"

    code = Field("code", "机构编码", Text())
    name = Field("name", "机构名称", Text())
    parent = Field("parent", "上级机构编码", Found("上级机构编码", lambda actor: reach(actor, "org.view_office")))
    kind = Field("kind", "机构类型", Word("机构类型", OfficeKind.choices))
    level = Field("level", "机构级别", Word("机构级别", OfficeLevel.choices))
    sort = Field("sort", "排序", Whole("排序"))
    manager = Field("manager", "负责人", Text())
    phone = Field("phone", "联系电话", Text())
    address = Field("address", "地址", Text())
    note = Field("note", "备注", Text())
    active = Field("active", "状态", Word("状态", YES_NO))

    class Meta:
        model = Office
        import_id_fields = ("code",)
        fields = (
            "code",
            "name",
            "parent",
            "kind",
            "level",
            "sort",
            "manager",
            "phone",
            "address",
            "note",
            "active",
        )
        skip_unchanged = report_skipped = True

    def get_queryset(self) -> Any:
        return reach(self.actor, self.change_permission).select_related("parent")

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        """A code is unique in its company only, and whoever sees all data may see several companies."""
        found = self.get_queryset().filter(code=row["机构编码"] or "-")
        return one_of(found, f"机构编码“{row['机构编码']}”") if found else None

    def add(self, data: dict[str, Any]) -> Office:
        active = data.pop("active")
        office = services.add_office(data, actor=self.actor)
        # Scopes are read once for a person; the rows that follow may stand below the office just made.
        self.actor = self.actor.__class__.objects.get(pk=self.actor.pk)
        return office if active else services.switch_office(office.pk, actor=self.actor)

    def change(self, pk: int, data: dict[str, Any]) -> Office:
        return kept(Office.objects.get(pk=pk), data, actor=self.actor)


def reach(actor: Any, permission: str) -> Any:
    return Office.objects.visible_to(actor, permission)


@admin.register(Office)
class OfficeAdmin(Importing, ServiceAdmin):
    see, add_permission, change_permission, delete_permission = (
        "org.view_office",
        "org.add_office",
        "org.change_office",
        "org.delete_office",
    )
    form, resource_classes = OfficeForm, [OfficeResource]
    fields = ("parent", "name", "kind", "level", "code", "sort", "manager", "phone", "address", "note", "active")
    autocomplete_fields = ("parent",)
    list_display = ("name", "kind", "level", "parent", "code", "manager", "phone", "active")
    search_fields = ("name", "code", "manager")
    list_filter = ("kind", "level", "active")
    ordering, sortable_by = ("path",), None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new office is in use."""
        return [name for name in super().get_fields(request, obj) if obj is not None or name != "active"]

    def add(self, data: dict[str, Any], *, actor: Any) -> Office:
        return services.add_office(data, actor=actor)

    def change(self, row: Office, data: dict[str, Any], *, actor: Any) -> Office:
        return kept(Office.objects.get(pk=row.pk), data, actor=actor)

    def remove(self, pk: int, *, actor: Any) -> None:
        services.delete_office(pk, actor=actor)


class ParameterForm(ServiceForm):
    key = forms.ChoiceField(label="参数", choices=[(key, f"{key}（{about.form}）") for key, about in KEYS.items()])
    value = forms.CharField(label="值", max_length=500, required=False)


@admin.register(Parameter)
class ParameterAdmin(ServiceAdmin):
    """A parameter is set, never deleted: the default is a value like any other."""

    see, add_permission, change_permission = "org.view_parameter", "org.change_parameter", "org.change_parameter"
    form = ParameterForm
    fields = ("company", "key", "value")
    autocomplete_fields = ("company",)
    list_display = ("key", "company", "value")
    search_fields = ("key", "company__name")
    list_filter = ("company",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("company", "key")

    def add(self, data: dict[str, Any], *, actor: Any) -> Parameter:
        return services.set_parameter(data["company"].pk, data["key"], data["value"], actor=actor)

    def change(self, row: Parameter, data: dict[str, Any], *, actor: Any) -> Parameter:
        return services.set_parameter(row.company_id, row.key, data["value"], actor=actor)


class EntryForm(ServiceForm):
    dictionary = DictEntryForm.base_fields["dictionary"]
    code = DictEntryForm.base_fields["code"]


class EntryResource(ServiceResource):
    """The row is found by 字典 and 代码."""

    change_permission = "org.change_dictentry"

    dictionary = Field("dictionary", "字典", Word("字典", DICTIONARIES.items()))
    code = Field("code", "代码", Text())
    label = Field("label", "名称", Text())
    aliases = Field("aliases", "别名", Text())
    sort = Field("sort", "排序", Whole("排序"))
    active = Field("active", "状态", Word("状态", YES_NO))

    class Meta:
        model = DictEntry
        import_id_fields = ("dictionary", "code")
        fields = ("dictionary", "code", "label", "aliases", "sort", "active")
        skip_unchanged = report_skipped = True

    def get_queryset(self) -> Any:
        everything = self.actor.scope(self.change_permission).everything
        return DictEntry.objects.all() if everything else DictEntry.objects.none()

    def add(self, data: dict[str, Any]) -> DictEntry:
        form = DictEntryForm(data)
        if "code" in form.errors:
            raise Refusal(f"代码：{form.errors['code'][0]}")
        return services.add_entry(data, actor=self.actor)

    def change(self, pk: int, data: dict[str, Any]) -> DictEntry:
        return services.change_entry(pk, data, actor=self.actor)


@admin.register(DictEntry)
class DictEntryAdmin(Importing, ServiceAdmin):
    see = "org.view_dictentry"
    add_permission, change_permission, delete_permission = (
        "org.add_dictentry",
        "org.change_dictentry",
        "org.delete_dictentry",
    )
    form, resource_classes = EntryForm, [EntryResource]
    fields = ("dictionary", "code", "label", "aliases", "sort", "active")
    list_display = ("label", "dictionary", "code", "aliases", "sort", "active", "builtin")
    search_fields = ("label", "code", "aliases")
    list_filter = ("dictionary", "active", "builtin")
    ordering, sortable_by = ("dictionary", "sort", "id"), None

    def add(self, data: dict[str, Any], *, actor: Any) -> DictEntry:
        return services.add_entry(data, actor=actor)

    def change(self, row: DictEntry, data: dict[str, Any], *, actor: Any) -> DictEntry:
        return services.change_entry(row.pk, data, actor=actor)

    def remove(self, pk: int, *, actor: Any) -> None:
        services.delete_entry(pk, actor=actor)
