"""The site under /admin/: the sign-in, the lock and the captcha are those of /a/login; there is no other way in."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.views.signin import Logout
from heating.kit.backoffice import BackOfficeAdmin
from heating.kit.errors import Refusal


class BackOffice(AdminSite):
    """For users that `manage.py grant_admin` let in, as far as their roles reach."""

    site_header = site_title = "热力缴费管理系统 · 后台"
    index_title = "系统后台"
    site_url = "/a/"
    index_template = "admin/backoffice/index.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own tables only: what packages register knows neither scope nor services."""
        if admin_class is not None and issubclass(admin_class, BackOfficeAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        if not (user.is_active and user.is_staff):
            return False
        return any(table.has_view_permission(request) for table in self._registry.values())

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied
            if "%00" in request.get_full_path():
                raise SuspiciousOperation("NUL in the address")
            return answered(request, inner, *args, **kwargs)

        return update_wrapper(guarded, view)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            wanted = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect(wanted)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return Logout.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("accounts:password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("accounts:password")

    def get_log_entries(self, request: HttpRequest) -> list[Any]:
        """Django's own log stays empty; ours is 操作日志."""
        return []


def answered(request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any) -> HttpResponse:
    """Return the view's answer, with our pages' answers to what no form could catch."""
    try:
        response: Any = view(request, *args, **kwargs)
        # Lists are read while they are drawn.
        if hasattr(response, "render") and callable(response.render):
            response = response.render()
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        response = redirect("admin:index")
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        messages.error(request, "系统繁忙，请稍候重试")
        response = redirect("admin:index")
    except (DataError, UnicodeEncodeError) as error:
        raise Http404 from error
    add_never_cache_headers(response)
    return response
