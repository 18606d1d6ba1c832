"""The base of everything registered under /admin/: read-only, scoped, masked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from heating.kit.backoffice.changelist import COUNTED, CappedPaginator, ScopedChangeList, ScopedRelatedFilter
from heating.kit.privacy import SENSITIVE, mask, scrub
from heating.kit.scope import Scope, ScopedQuerySet

LOOKUPS = ("exact", "isnull", "gte", "lt", "lte", "gt")


@dataclass(frozen=True)
class Shown:
    """A column or read-only field of one person's page. Django's admin calls it with the row alone, so it knows who."""

    field: str
    short_description: str
    user: Any
    whole: bool

    @property
    def __name__(self) -> str:
        return self.field

    def __call__(self, row: Any) -> Any:
        value, sensitive = getattr(row, self.field), self.user.has_perm(SENSITIVE)
        if self.whole:
            return value if sensitive else mask(str(value or ""))
        clean = scrub(value, phones=sensitive)
        if isinstance(clean, dict | list):
            text = json.dumps(clean, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
            return format_html("<pre>{}</pre>", text)
        return clean


class BackOfficeAdmin(admin.ModelAdmin):
    """One table in the back office, to look at only; what may be written goes through `ServiceAdmin`.

    `see` is the permission that opens it; its scope cuts the rows. Rows that belong to no office themselves name in
    `within` the relation to the row that does; without either, only 全部数据 sees them. `masked` fields are shown as
    in the lists, `scrubbed` ones (texts, JSON) without the phones and ID numbers inside, `secret` ones never.
    """

    see: ClassVar[str]
    within: ClassVar[str] = ""
    masked: ClassVar[tuple[str, ...]] = ()
    scrubbed: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()

    actions = None
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    search_help_text = f"最多翻看前 {COUNTED:,} 条，请用搜索或筛选缩小范围"
    ordering: Any = ("-pk",)
    # Sorting by what no index holds would read the whole table.
    sortable_by: Any = ()

    # Which rows.

    def rows(self, user: Any, permission: str = "") -> Any:
        """Return the rows that `user` reaches with `permission`, by default the one for looking."""
        permission = permission or self.see
        rows = self.model._default_manager.all()
        if isinstance(rows, ScopedQuerySet):
            return rows.visible_to(user, permission)
        scope: Scope = user.scope(permission)
        if scope.everything:
            return rows
        if not self.within:
            return rows.none()
        holder: Any = self.opts.get_field(self.within).related_model
        return rows.filter(**{f"{self.within}__in": holder._default_manager.visible_to(user, permission)})

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.rows(request.user).order_by(*self.get_ordering(request))

    def related_rows(self, field: Any, request: HttpRequest) -> Any:
        """Return the rows of a related table that the person sees in the back office; none if it is not there."""
        site = self.admin_site
        holder = field.remote_field.model
        if not site.is_registered(holder):
            return holder._default_manager.none()
        return site.get_model_admin(holder).get_queryset(request)

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        return self.related_rows(db_field, request)

    # Who may do what.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        user: Any = request.user
        if not user.has_perm(self.see):
            return False
        held = isinstance(self.model._default_manager.all(), ScopedQuerySet) or self.within
        return bool(held or user.scope(self.see).everything)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # What is shown.

    def shown(self, names: Iterable[Any], user: Any) -> list[Any]:
        """Put what masks or scrubs in the place of sensitive fields."""
        found = []
        for name in names:
            if name in (*self.masked, *self.scrubbed):
                field: Any = self.opts.get_field(name)
                name = Shown(name, str(field.verbose_name), user, name in self.masked)
            found.append(name)
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        concrete = [field.name for field in self.opts.fields if field.name not in self.secret]
        return self.shown([*(self.fields or concrete), *self.readonly_fields], request.user)

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.shown(self.list_display, request.user)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        if self.list_select_related:
            return self.list_select_related
        related = {field.name for field in self.opts.fields if isinstance(field, models.ForeignKey)}
        return tuple(name for name in self.list_display if name in related)

    # How it is narrowed.

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return ScopedChangeList

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Give every filter by a related row choices from the scope."""
        names: Any = self.list_filter
        return [
            (name, ScopedRelatedFilter) if isinstance(self.opts.get_field(name), models.ForeignKey) else name
            for name in names
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Allow the declared filters only: ?phone__startswith=138 would tell what the mask hides."""
        path = lookup.split("__")
        if path[-1] in LOOKUPS:
            path = path[:-1]
        if len(path) > 1 and path[-1] in ("id", "pk"):
            path = path[:-1]
        return "__".join(path) in self.list_filter

    # What Django would keep beside our own audit.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service has recorded it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The service has recorded it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The service has recorded it."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Lead to the audit rows of the thing, in place of Django's own log, which stays empty."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        wanted = {"target_type__exact": self.opts.label_lower, "target_id__exact": row.pk}
        return redirect(reverse("admin:audit_record_changelist") + "?" + urlencode(wanted))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404
