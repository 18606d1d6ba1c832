"""机构管理."""

from __future__ import annotations

from typing import Any

import django_filters
from django.urls import reverse

from heating.kit.filters import TextFilter, WordFilter
from heating.kit.pages import ConfirmPage, FormPage, ListPage
from heating.kit.tables import Column, RowAction, Table
from org import services
from org.forms import OfficeForm
from org.models import Office, OfficeKind

CRUMBS = (("系统设置", ""),)


class OfficeFilter(django_filters.FilterSet):
    """机构名称, 类型, 状态."""

    name = TextFilter("name", label="机构名称")
    kind = WordFilter("kind", label="机构类型", choices=OfficeKind.choices)
    active = WordFilter(label="状态", choices=(("yes", "启用"), ("no", "停用")), method="by_active")

    def by_active(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(active=value == "yes")


class OfficeTable(Table):
    """The tree: names indented by their depth."""

    name = Column("机构名称", lambda o: "　" * (o.path.count("/") - 2) + o.name, sort=False, width=30)
    kind = Column("机构类型", sort=False)
    level = Column("机构级别", sort=False)
    code = Column("编码", sort=False)
    manager = Column("负责人", sort=False)
    phone = Column("电话", sort=False)
    active = Column("状态", lambda o: "启用" if o.active else "停用", sort=False)

    actions = (
        RowAction("添加下级机构", "org:office-add-below", "org.add_office"),
        RowAction("编辑", "org:office-edit", "org.change_office"),
        RowAction("停用", "org:office-disable", "org.change_office", lambda o: o.active),
        RowAction("启用", "org:office-enable", "org.change_office", lambda o: not o.active),
        RowAction("删除", "org:office-delete", "org.delete_office"),
    )
    menu = "操作"


class OfficeList(ListPage):
    """机构管理: one page of the tree at a time, in tree order."""

    title, permission = "机构管理", "org.view_office"
    crumbs = CRUMBS
    model = Office
    queryset = Office.objects.all()
    default_order = ("path",)
    filterset, table = OfficeFilter, OfficeTable
    create = ("新增", "org:office-add", "org.add_office")
    tools = (("刷新", "org:office-list", "org.view_office"),)


class OfficeAdd(FormPage):
    """新增."""

    title, permission, form_class = "新增机构", "org.add_office", OfficeForm
    crumbs, success = (*CRUMBS, ("机构管理", "org:office-list")), "机构已添加"

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user, "verb": self.permission}

    def perform(self, form: Any) -> Office:
        return services.add_office(form.cleaned_data, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("org:office-list")


class OfficeAddBelow(OfficeAdd):
    """添加下级机构: the parent is chosen already."""

    title, model, queryset = "添加下级机构", Office, Office.objects.all()

    def initial(self) -> dict[str, Any]:
        return {"parent": self.object, "level": min(self.object.level + 1, 4), "kind": OfficeKind.DEPARTMENT}


class OfficeEdit(OfficeAdd):
    """编辑."""

    title, permission, model = "编辑机构", "org.change_office", Office
    queryset, success = Office.objects.all(), "已保存"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in OfficeForm.base_fields}

    def build_form(self, data: Any = None, files: Any = None) -> OfficeForm:
        form = super().build_form(data, files)
        if self.object.parent_id is None:
            del form.fields["parent"]
        return form

    def perform(self, form: Any) -> Office:
        return services.edit_office(self.object.pk, form.cleaned_data, actor=self.request.user)


class OfficeConfirm(ConfirmPage):
    """One verb on one office."""

    model, queryset, crumbs, word = Office, Office.objects.all(), (*CRUMBS, ("机构管理", "org:office-list")), ""

    def get_question(self) -> str:
        return f"{self.word}“{self.object}”？"

    def back_url(self) -> str:
        return reverse("org:office-list")


class OfficeDelete(OfficeConfirm):
    title, permission, word, danger = "删除机构", "org.delete_office", "删除", True

    def perform(self, form: Any) -> None:
        services.delete_office(self.object.pk, actor=self.request.user)


class OfficeDisable(OfficeConfirm):
    title, permission, word = "停用机构", "org.change_office", "停用"

    def perform(self, form: Any) -> None:
        services.set_office_active(self.object.pk, active=False, actor=self.request.user)


class OfficeEnable(OfficeConfirm):
    title, permission, word = "启用机构", "org.change_office", "启用"

    def perform(self, form: Any) -> None:
        services.set_office_active(self.object.pk, active=True, actor=self.request.user)
