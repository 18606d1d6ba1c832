"""机构, 字典 and 参数 as people look for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.urls import reverse

from heating.kit.filters import TextFilter, WordFilter
from heating.kit.pages import ListPage, Page, StaffRequest
from heating.kit.tables import Column, NumberColumn, RowAction, Table
from org.models import DictEntry, Office, OfficeKind, Parameter
from org.parameters import KEYS, Key
from org.queries import read_ids, tree
from org.states import DICTIONARIES

CRUMBS = (("系统设置", ""),)
ACTIVE = (("yes", "启用"), ("no", "停用"))


def by_active(queryset: Any, name: str, value: str) -> Any:
    return queryset.filter(active=value == "yes")


class OfficeFilter(django_filters.FilterSet):
    """机构名称, 类型, 状态."""

    name = TextFilter("name", label="机构名称")
    kind = WordFilter("kind", label="机构类型", choices=OfficeKind.choices)
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)


class OfficeTable(Table):
    name = Column("机构名称", width=24)
    kind = Column("机构类型")
    level = Column("机构级别")
    parent = Column("上级机构", "above", sort=False)
    code = Column("机构编码")
    manager = Column("负责人")
    phone = Column("联系电话")
    active = Column("状态", lambda row: "启用" if row.active else "停用", sort="active")
    actions = (
        RowAction("添加下级机构", "org:office-add-below", "org.add_office", when=lambda office: office.active),
        RowAction("编辑", "org:office-edit", "org.change_office"),
        RowAction("停用", "org:office-switch", "org.change_office", when=lambda office: office.active),
        RowAction("启用", "org:office-switch", "org.change_office", when=lambda office: not office.active),
        RowAction("删除", "org:office-delete", "org.delete_office"),
    )


class OfficeList(ListPage):
    """机构管理: the tree; with a condition, the offices that meet it."""

    title, permission, model = "机构管理", "org.view_office", Office
    crumbs, template = CRUMBS, "org/offices.html"
    queryset = Office.objects.all()
    filterset, table = OfficeFilter, OfficeTable
    create = ("新增", "org:office-add", "org.add_office")
    empty = "没有符合条件的机构"

    def get_queryset(self) -> Any:
        """Return the offices in scope, each with the name of its parent if that is in scope too."""
        mine = super().get_queryset()
        return mine.annotate(above=Subquery(mine.order_by().filter(pk=OuterRef("parent_id")).values("name")))

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if any(request.GET.get(name) for name in [*OfficeFilter.base_filters, "export", "sort"]):
            self.template = "kit/list.html"
            return super().get(request)
        table = self.get_table()
        nodes = tree(self.get_queryset(), read_ids(request.GET.get("open", "")))
        return self.show(
            table=table,
            lines=[(node, [] if node.more else self.deeds(table, node.office)) for node in nodes],
            filters=(filters := self.filtered()),
            primary=self.fields(filters, primary=True),
            can_export=True,
            create_link=self.button(self.create),
            opened=request.GET.get("open", ""),
        )

    @staticmethod
    def deeds(table: Table, office: Office) -> list[tuple[str, str]]:
        """Return what may be done with one office, with its address."""
        return [(deed.label, reverse(deed.url, args=[office.pk])) for deed in table.allowed if deed.when(office)]


@dataclass(frozen=True)
class Setting:
    """One parameter with what the company set."""

    key: str
    about: Key
    value: str
    changed: bool


class ParameterList(Page):
    """参数: what the company may set, with type, range and meaning."""

    title, permission, model = "参数设置", "org.view_parameter", Parameter
    crumbs, template = CRUMBS, "org/parameters.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        companies = Office.objects.visible_to(request.user, self.permission).companies().order_by("path")
        asked = request.GET.get("company", "")
        chosen = companies.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() else None
        home = request.user.office.company_id if request.user.office else None
        company = chosen or companies.filter(pk=home).first() or companies.first()
        groups: dict[str, list[Setting]] = {}
        if company is not None:
            stored = dict(Parameter.objects.filter(company=company).values_list("key", "value"))
            for key, about in KEYS.items():
                value = stored.get(key, about.default)
                groups.setdefault(about.group, []).append(Setting(key, about, value, value != about.default))
        may_change = company is not None and request.user.scope("org.change_parameter").everything
        may_change = may_change or (
            company is not None and company.pk in request.user.scope("org.change_parameter").offices
        )
        return self.show(groups=groups, company=company, companies=companies[:200], may_change=may_change)


class DictFilter(django_filters.FilterSet):
    dictionary = WordFilter("dictionary", label="字典", choices=tuple(DICTIONARIES.items()))
    label = TextFilter("label", label="名称")
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)


class DictTable(Table):
    dictionary = Column("字典", lambda entry: DICTIONARIES.get(entry.dictionary, entry.dictionary), sort="dictionary")
    code = Column("代码")
    label = Column("名称")
    aliases = Column("别名", sort=False)
    sort = NumberColumn("排序")
    builtin = Column("内置")
    active = Column("状态", lambda row: "启用" if row.active else "停用", sort="active")
    actions = (
        RowAction("编辑", "org:dictentry-edit", "org.change_dictentry"),
        RowAction("删除", "org:dictentry-delete", "org.delete_dictentry", when=lambda entry: not entry.builtin),
    )


class DictList(ListPage):
    """字典: words that a company may add; the same for all companies, so there is nothing to hide."""

    title, permission, model = "字典管理", "org.view_dictentry", DictEntry
    crumbs = CRUMBS
    queryset = DictEntry.objects.all()
    filterset, table = DictFilter, DictTable
    create = ("新增", "org:dictentry-add", "org.add_dictentry")
    empty = "没有自定义的字典条目；内置的优抚类型（普通、低保户、特审户）不必登记"

    def get_queryset(self) -> Any:
        return self.queryset.all()
