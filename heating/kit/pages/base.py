"""The base of every page behind the sign-in."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from heating.kit.errors import Refusal

MAX_ID = 2**63 - 1

# By PostgreSQL's code. A deferred foreign key is checked at the commit, after the service has returned.
COLLISIONS = {
    "55P03": "系统繁忙，请稍候重试",  # lock timeout
    "40P01": "系统繁忙，请稍候重试",  # deadlock
    "23503": "所选的内容刚刚已被他人删除，或仍被使用；请刷新后重试",
}


def collision(error: OperationalError | IntegrityError) -> str:
    """Return the sentence of two people at one thing; empty for any other fault."""
    return COLLISIONS.get(getattr(error.__cause__, "pgcode", None) or "", "")


def opens(user: Any, url: str) -> bool:
    """Say whether the user may open the page at an address of this site, and the row that it names."""
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        return False
    page = getattr(found.func, "view_class", None)
    permission = getattr(page, "permission", "")
    if not permission:
        return True
    rows: Any = getattr(getattr(page, "model", None), "_default_manager", None)
    if not user.has_perm(permission) or "pk" not in found.kwargs or not hasattr(rows, "visible_to"):
        return bool(user.has_perm(permission))
    return bool(rows.visible_to(user, permission).filter(pk=found.kwargs["pk"]).exists())


class StaffRequest(HttpRequest):
    """A request behind the sign-in: htmx's facts, and the person (`Any` here: kit knows no model of users)."""

    user: Any
    htmx: HtmxDetails


def clean_query(request: HttpRequest) -> dict[str, str]:
    """Return the query string as text without NUL bytes, which no database takes."""
    return {key: str(value).replace("\x00", "") for key, value in request.GET.items()}


class Page(View):
    """A page that says which permission opens it: `permission` is "app.codename", "" = every signed-in person.

    No sign-in → the sign-in page; lacking the permission → 403; a row outside the scope or unknown → 404;
    a `Refusal` that nobody else handled → its sentence as a message on the page it came from.
    """

    request: StaffRequest
    permission: ClassVar[str] = ""
    # What the page after a write needs besides: asked together with `permission`, before anything is written.
    success_permission: ClassVar[str] = ""
    title: ClassVar[str] = ""
    template: ClassVar[str] = ""
    # The model whose rows this page opens by id; the access matrix test makes rows of it in every position.
    model: ClassVar[Any] = None
    # Asked for by a timer in the page: it does not keep the session of a person who went away.
    unattended: ClassVar[bool] = False
    # The URL name of the menu entry that is marked, where the page's address does not start with that entry's.
    menu_entry: ClassVar[str] = ""
    # Crumbs before the title: (label, url name or "").
    crumbs: ClassVar[tuple[tuple[str, str], ...]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.sign_in_first(self.request)
        if not all(request.user.has_perm(name) for name in (self.permission, self.success_permission) if name):
            raise PermissionDenied
        if any(isinstance(value, int) and value > MAX_ID for value in kwargs.values()):
            raise Http404
        try:
            response = super().dispatch(request, *args, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404 from error
        except Refusal as refusal:
            response = self.refused(self.request, refusal)
        except (OperationalError, IntegrityError) as error:
            sentence = collision(error)
            if not sentence:
                raise
            response = self.refused(self.request, Refusal(sentence))
        except (DataError, UnicodeEncodeError) as error:
            # NUL bytes and numbers out of range that no form could catch: the address is wrong, not the server.
            raise Http404 from error
        add_never_cache_headers(response)
        return response

    def sign_in_first(self, request: StaffRequest) -> HttpResponse:
        """Lead to the sign-in page: the whole page, also when only a part of it was asked for."""
        if request.htmx:
            here = request.htmx.current_url_abs_path or "/a/"
            return HttpResponseClientRedirect(redirect_to_login(here)["Location"])
        answer = redirect_to_login(request.get_full_path())
        if request.method == "POST":
            # The sign-in page says that what was just sent has not been carried out.
            answer["Location"] += "&unsent=1"
        return answer

    def refused(self, request: StaffRequest, refusal: Refusal) -> HttpResponse:
        """Show the sentence; override where the page can show it beside its form."""
        messages.error(request, refusal.sentence)
        return redirect(self.landing(self.return_url))

    def back_url(self) -> str:
        """Return where a refused or finished request leads."""
        return "/a/"

    @property
    def return_url(self) -> str:
        """Return where the person came from: `back` in the address, if it is of this site, else `back_url()`."""
        back = self.request.GET.get("back", "")
        if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            return back
        return self.back_url()

    def landing(self, url: str) -> str:
        """Return where a request ends: `url`, else `back_url()`, else the overview, as far as the user may open them.

        So nothing that has been done ends in a refusal, whose reader would do it again.
        """
        return next((address for address in (url, self.back_url()) if opens(self.request.user, address)), "/a/")

    def get_title(self) -> str:
        return self.title

    def show(self, template: str = "", *, status: int = 200, **context: Any) -> HttpResponse:
        """Render a template with the page's own title and crumbs."""
        context.setdefault("title", self.get_title())
        crumbs, user = context.get("crumbs", self.crumbs), self.request.user
        context["crumbs"] = [(label, name if name and opens(user, reverse(name)) else "") for label, name in crumbs]
        context["page"] = self
        return render(self.request, template or self.template, context, status=status)

    def fetch(self, queryset: Any, pk: Any) -> Any:
        """Return the row `pk` that the user may reach with this page's permission; 404 outside the scope."""
        return queryset.visible_to(self.request.user, self.permission).get(pk=pk)
