"""Checks of every request of a signed-in user: whether the session is still valid, and what must be done first."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from accounts.models import User
from accounts.rules import ABSOLUTE, BEGAN, SEEN, client_address, idle_limit, needs_second_factor

ENDED = "ended"
# Writing the session at every request would cost each page a write; a minute is exact enough for a limit of 15.
TOUCH_SECONDS = 60


def address_of(request: HttpRequest) -> str:
    """Return the address the request came from, believing X-Forwarded-For only from our own proxies."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return client_address(request.META.get("REMOTE_ADDR", ""), forwarded, settings.TRUSTED_PROXIES)


def session_guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End sessions that are idle, too old, or whose user is disabled; some duties come first.

    A lock by wrong passwords stops sign-ins only: else anybody could end the work of anybody whose name they know.

    The user carries along the address of the request, for the audit rows.
    Django itself ends a session whose password or `session_epoch` changed (User.get_session_auth_hash).
    """

    def guard(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        now = timezone.now()
        request.user.came_from = address_of(request)
        reason = end_of_session(request.user, request.session, now)
        if reason:
            logout(request)
            request.session[ENDED] = reason
            return get_response(request)
        duty = pending_duty(request.user)
        if duty and request.path not in (reverse(duty), reverse("accounts:logout")):
            response = redirect(duty)
        else:
            response = get_response(request)
        _touch(request, now)
        add_never_cache_headers(response)  # errors and the back office included
        return response

    return guard


def end_of_session(user: User, session: dict, now: datetime) -> str:
    """Return the sentence why the session must end, or nothing."""
    if not user.may_sign_in:
        return "该用户已停用"
    stamp = now.timestamp()
    if stamp - session.get(BEGAN, 0) > ABSOLUTE.total_seconds():
        return "登录已满 12 小时，请重新登录"
    limit = idle_limit(user.get_all_permissions()).total_seconds()
    if stamp - session.get(SEEN, 0) > limit:
        return f"已有 {limit / 60:.0f} 分钟没有操作，请重新登录"
    return ""


def pending_duty(user: User) -> str:
    """Return the name of the page that the person has to pass before any other, or nothing."""
    if user.must_change_password:
        return "accounts:password"
    if not user.has_second_factor and needs_second_factor(user.second_factor_policy, user.get_all_permissions()):
        return "accounts:second-factor"
    return ""


def _touch(request: HttpRequest, now: datetime) -> None:
    """Note that somebody is there; what a page asks for by itself, such as progress, says nothing of that."""
    page = getattr(getattr(request.resolver_match, "func", None), "view_class", None)
    stamp = now.timestamp()
    if not getattr(page, "unattended", False) and stamp - request.session.get(SEEN, stamp) > TOUCH_SECONDS:
        request.session[SEEN] = stamp
