"""登录, 退出, 修改密码 (manual §2.1)."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.signin import LoginForm, PasswordForm
from accounts.middleware import ENDED
from accounts.models import User
from accounts.rules import DEVICE_LIFE, client_address
from accounts.services.guards import Braked
from accounts.services.passwords import change_password
from accounts.services.signin import Attempt, new_captcha, sign_in, sign_out
from heating.kit.errors import Refusal
from heating.kit.pages import FormPage

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def address_of(request: HttpRequest) -> str:
    """Return the address the request came from, believing X-Forwarded-For only from our own proxies."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return client_address(request.META.get("REMOTE_ADDR", ""), forwarded, settings.TRUSTED_PROXIES)


def open_session(request: HttpRequest, user: User) -> None:
    """Start a new session for `user`, under a new key."""
    request.session.flush()
    login(request, user, backend=BACKEND)


@method_decorator([never_cache, sensitive_post_parameters("password", "captcha")], name="dispatch")
class Login(View):
    """登录: anybody may open it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(self._destination(request.GET.get("next", "")))
        return self._page(request, LoginForm(), note=request.session.pop(ENDED, ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LoginForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        try:
            user = sign_in(self._attempt(request, form.cleaned_data), now=timezone.now())
        except Braked as braked:
            form.add_error(None, braked.sentence)
            return self._page(request, form, status=429)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
            return self._page(request, form)
        open_session(request, user)
        response = redirect(self._destination(request.POST.get("next", "")))
        if settings.LOGIN_KNOWS_DEVICES:
            self._keep_device(response, self._device)
        return response

    def _attempt(self, request: HttpRequest, data: dict[str, Any]) -> Attempt:
        self._device = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")[:64] or secrets.token_urlsafe(16)
        return Attempt(
            username=data["username"],
            password=data["password"],
            captcha_key=data["captcha_key"],
            captcha_answer=data["captcha"],
            address=address_of(request),
            device=self._device,
        )

    def _page(self, request: HttpRequest, form: LoginForm, *, note: str = "", status: int = 200) -> HttpResponse:
        if form.is_bound:
            form.data = form.data.copy()
            form.data["captcha"] = ""  # the answer is used up, and there is another picture
        wanted = request.POST.get("next") or request.GET.get("next", "")
        context = {"form": form, "captcha": new_captcha(), "next": wanted, "note": note}
        return render(request, "accounts/login.html", context, status=status)

    def _destination(self, wanted: str) -> str:
        local = url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return wanted if local else settings.LOGIN_REDIRECT_URL

    @staticmethod
    def _keep_device(response: HttpResponse, reference: str) -> None:
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            reference,
            max_age=DEVICE_LIFE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class Logout(View):
    """退出."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sign_out(request.user, address=address_of(request))
        logout(request)
        return redirect(settings.LOGIN_URL)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChangePassword(FormPage):
    """修改密码: one's own; a first password must be changed before anything else."""

    template, title = "accounts/password.html", "修改密码"
    form_class, success = PasswordForm, "密码已修改"

    def perform(self, form: PasswordForm) -> None:
        user = change_password(
            self.request.user,
            old=form.cleaned_data["old"],
            new=form.cleaned_data["new"],
            address=address_of(self.request),
            now=timezone.now(),
        )
        open_session(self.request, user)

    def extra(self) -> dict[str, Any]:
        return {"must": self.request.user.must_change_password}
