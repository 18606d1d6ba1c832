"""Adding, editing and deleting offices, parameters and dictionary entries."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.urls import reverse

from heating.kit.pages import ConfirmPage, FormPage
from org import services
from org.forms import DictEntryForm, OfficeForm, ParameterForm
from org.models import DictEntry, Office, Parameter
from org.parameters import KEYS
from org.queries import ids, line_to

OFFICES = (("系统设置", ""), ("机构管理", "org:office-list"))
PARAMETERS = (("系统设置", ""), ("参数设置", "org:parameter-list"))
DICTIONARY = (("系统设置", ""), ("字典管理", "org:dictentry-list"))


def tree_at(office: Office | None) -> str:
    """Return the address of the tree, opened down to `office`."""
    opened = f"?open={quote(ids(line_to(office)))}#office-{office.pk}" if office is not None else ""
    return reverse("org:office-list") + opened


class OfficeAdd(FormPage):
    """新增机构."""

    title, permission, model = "新增机构", "org.add_office", Office
    form_class, crumbs, success = OfficeForm, OFFICES, "机构已保存"

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user, "permission": self.permission}

    def perform(self, form: OfficeForm) -> Office:
        return services.add_office(form.cleaned_data, actor=self.request.user)

    def success_url(self, result: Office) -> str:
        return tree_at(result)

    def back_url(self) -> str:
        return tree_at(self.object)


class OfficeAddBelow(OfficeAdd):
    """添加下级机构: the parent is already chosen."""

    title = "添加下级机构"
    queryset = Office.objects.filter(active=True)

    def initial(self) -> dict[str, Any]:
        return {"parent": self.object.pk, "kind": "site", "level": min(self.object.level + 1, 4)}


class OfficeEdit(FormPage):
    """编辑机构."""

    title, permission, model = "编辑机构", "org.change_office", Office
    queryset = Office.objects.select_related("parent")
    form_class, crumbs, success = OfficeForm, OFFICES, "机构已保存"

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user, "permission": self.permission, "office": self.object}

    def initial(self) -> dict[str, Any]:
        kept = {name: getattr(self.object, name) for name in OfficeForm.base_fields if name != "parent"}
        return kept | {"parent": self.object.parent_id}

    def perform(self, form: OfficeForm) -> Office:
        return services.change_office(self.object.pk, form.cleaned_data, actor=self.request.user)

    def success_url(self, result: Office) -> str:
        return tree_at(result)

    def back_url(self) -> str:
        return tree_at(self.object)


class OfficeSwitch(ConfirmPage):
    """停用 and 启用."""

    title, permission, model = "停用或启用机构", "org.change_office", Office
    queryset, crumbs = Office.objects.select_related("parent"), OFFICES

    def get_question(self) -> str:
        if self.object.active:
            return f"停用“{self.object}”？停用后不能再选它建用户、小区和下级机构，已有的账不变。"
        return f"启用“{self.object}”？"

    def perform(self, form: Any) -> Office:
        return services.switch_office(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return tree_at(self.object)


class OfficeDelete(ConfirmPage):
    """删除: refused while anything hangs on the office."""

    title, permission, model = "删除机构", "org.delete_office", Office
    queryset, crumbs = Office.objects.select_related("parent"), OFFICES
    danger, submit, success = True, "删除", "机构已删除"

    def get_question(self) -> str:
        return f"删除“{self.object}”？"

    def perform(self, form: Any) -> None:
        services.delete_office(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return tree_at(self.object.parent if self.object is not None else None)


class ParameterEdit(FormPage):
    """One parameter of one company; `pk` is the company's."""

    title, permission, model = "修改参数", "org.change_parameter", Office
    queryset, crumbs, form_class = Office.objects.companies(), PARAMETERS, ParameterForm
    success = "参数已保存"

    def setup_object(self) -> None:
        super().setup_object()
        self.key = self.kwargs["key"]
        if self.key not in KEYS:
            raise Parameter.DoesNotExist

    def initial(self) -> dict[str, Any]:
        stored = Parameter.objects.filter(company=self.object, key=self.key).values_list("value", flat=True).first()
        return {"value": KEYS[self.key].default if stored is None else stored}

    def form_options(self) -> dict[str, Any]:
        return {"words": KEYS[self.key].words}

    def build_form(self, data: Any = None, files: Any = None) -> ParameterForm:
        form = super().build_form(data, files)
        about = KEYS[self.key]
        form.fields["value"].label = self.key
        form.fields["value"].help_text = f"{about.meaning}。{about.form}；默认：{about.default or '（空）'}"
        return form

    def get_title(self) -> str:
        return f"修改参数：{self.kwargs['key']}"

    def perform(self, form: ParameterForm) -> Parameter:
        return services.set_parameter(self.object.pk, self.key, form.cleaned_data["value"], actor=self.request.user)

    def back_url(self) -> str:
        return reverse("org:parameter-list") + (f"?company={self.object.pk}" if self.object else "")


class DictEntryAdd(FormPage):
    title, permission, model = "新增字典条目", "org.add_dictentry", DictEntry
    form_class, crumbs = DictEntryForm, DICTIONARY

    def perform(self, form: DictEntryForm) -> DictEntry:
        return services.add_entry(form.cleaned_data, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("org:dictentry-list")


class SharedEntry:
    """Dictionary entries belong to all companies: they are found by id alone, and the service asks for 全部数据."""

    def fetch(self, queryset: Any, pk: Any) -> DictEntry:
        return queryset.get(pk=pk)

    def back_url(self) -> str:
        return reverse("org:dictentry-list")


class DictEntryEdit(SharedEntry, FormPage):
    title, permission, model = "编辑字典条目", "org.change_dictentry", DictEntry
    queryset, form_class, crumbs = DictEntry.objects.all(), DictEntryForm, DICTIONARY

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in DictEntryForm.base_fields}

    def perform(self, form: DictEntryForm) -> DictEntry:
        return services.change_entry(self.object.pk, form.cleaned_data, actor=self.request.user)


class DictEntryDelete(SharedEntry, ConfirmPage):
    title, permission, model = "删除字典条目", "org.delete_dictentry", DictEntry
    queryset, crumbs = DictEntry.objects.all(), DICTIONARY
    danger, submit, success = True, "删除", "已删除"

    def get_question(self) -> str:
        return f"删除“{self.object}”？"

    def perform(self, form: Any) -> None:
        services.delete_entry(self.object.pk, actor=self.request.user)
