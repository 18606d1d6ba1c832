"""What every request of a signed-in person passes: does the session still stand, and what must happen first?"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.rules import ABSOLUTE, BEGAN, SEEN, idle_limit

ENDED = "ended"
# Writing the session at every request would cost each page a write; a minute is exact enough for a limit of 15.
TOUCH_SECONDS = 60


def session_guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End sessions that are idle, too old, or whose user is disabled or locked; first passwords are changed first.

    Django itself ends a session whose password or `session_epoch` changed (User.get_session_auth_hash).
    """

    def guard(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            reason = end_of_session(request.user, request.session, now)
            if reason:
                logout(request)
                request.session[ENDED] = reason
            else:
                _touch(request, now)
                duty = pending_duty(request)
                if duty and request.path not in (reverse(duty), reverse("accounts:logout")):
                    return redirect(duty)
        return get_response(request)

    return guard


def end_of_session(user: User, session: dict, now: datetime) -> str:
    """Return the sentence why the session must end, or nothing (quality.md P7)."""
    if not user.may_sign_in:
        return "该用户已停用"
    guard = getattr(user, "guard", None)
    if guard is not None and guard.locked(now) and not settings.LOGIN_KNOWS_DEVICES:
        return "该用户已锁定"
    stamp = now.timestamp()
    if stamp - session.get(BEGAN, 0) > ABSOLUTE.total_seconds():
        return "登录已满 12 小时，请重新登录"
    limit = idle_limit(user.get_all_permissions()).total_seconds()
    if stamp - session.get(SEEN, 0) > limit:
        return f"已有 {limit / 60:.0f} 分钟没有操作，请重新登录"
    return ""


def pending_duty(request: HttpRequest) -> str:
    """Return the name of the page that the person has to pass before any other, or nothing."""
    return "accounts:password" if request.user.must_change_password else ""


def _touch(request: HttpRequest, now: datetime) -> None:
    stamp = now.timestamp()
    if stamp - request.session[SEEN] > TOUCH_SECONDS:
        request.session[SEEN] = stamp
