"""登录, its second step, 退出, 修改密码."""

import secrets
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.signin import CodeForm, LoginForm, PasswordForm
from accounts.middleware import ENDED, address_of
from accounts.models import User
from accounts.rules import DEVICE_LIFE
from accounts.services.lockout import RateLimited
from accounts.services.passwords import change_password
from accounts.services.signin import Attempt, enter_code, new_captcha, sign_in, sign_out
from accounts.services.two_factor import Half, Stale
from heating.kit.errors import Refusal
from heating.kit.pages import FormPage

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
# Where a session without a user keeps that the password was right.
HALF = "half"
UNSENT = "登录已失效，刚才提交的内容没有执行（没有收款，也没有保存）。请登录后重新打开页面再提交。"


def open_session(request: HttpRequest, user: User) -> None:
    """Start a new session for `user`, under a new key."""
    request.session.flush()
    login(request, user, backend=BACKEND)


class Door(View):
    """What both steps of the sign-in share."""

    def enter(self, user: User) -> HttpResponse:
        """Open the session and lead to the page that was asked for."""
        open_session(self.request, user)
        response = redirect(self.destination())
        if settings.LOGIN_KNOWS_DEVICES:
            self._keep_device(response, self.device())
        return response

    def wanted(self) -> str:
        return self.request.POST.get("next") or self.request.GET.get("next", "")

    def destination(self) -> str:
        local = url_has_allowed_host_and_scheme(
            self.wanted(), allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return self.wanted() if local else settings.LOGIN_REDIRECT_URL

    def device(self) -> str:
        """Return the reference of the browser's cookie, a new one for a new browser."""
        if not hasattr(self, "_device"):
            self._device = self.request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")[:64] or secrets.token_urlsafe(16)
        return self._device

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


@method_decorator([never_cache, sensitive_post_parameters("password", "captcha")], name="dispatch")
class Login(Door):
    """登录: anybody may open it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(self.destination())
        request.session.pop(HALF, None)
        note = request.session.pop(ENDED, "")
        return self._page(request, LoginForm(), note=UNSENT if "unsent" in request.GET else note)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LoginForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        try:
            arrived = sign_in(self._attempt(request, form.cleaned_data), now=timezone.now())
        except RateLimited as limited:
            form.add_error(None, limited.sentence)
            return self._page(request, form, status=429)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
            return self._page(request, form)
        return self._ask_code(arrived) if isinstance(arrived, Half) else self.enter(arrived)

    def _ask_code(self, half: Half) -> HttpResponse:
        """Go on to the second step: the session has no user, so it opens nothing."""
        self.request.session.flush()
        self.request.session[HALF] = asdict(half)
        query = f"?{urlencode({'next': self.wanted()})}" if self.wanted() else ""
        return redirect(reverse("accounts:login-code") + query)

    def _attempt(self, request: HttpRequest, data: dict[str, Any]) -> Attempt:
        return Attempt(
            username=data["username"],
            password=data["password"],
            captcha_key=data["captcha_key"],
            captcha_answer=data["captcha"],
            address=address_of(request),
            device=self.device(),
        )

    def _page(self, request: HttpRequest, form: LoginForm, *, note: str = "", status: int = 200) -> HttpResponse:
        if form.is_bound:
            form.data = form.data.copy()
            form.data["captcha"] = ""  # the answer is used up, and there is another picture
            # Who only misread the picture does not type the password again; the page is kept by nobody (no-store).
            form.fields["password"].widget.render_value = set(form.errors) == {"captcha"}
        context = {"form": form, "captcha": new_captcha(), "next": self.wanted(), "note": note}
        return render(request, "accounts/login.html", context, status=status)


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class LoginCode(Door):
    """动态码: the second step for who has a second factor; without the first step there is nothing here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(CodeForm()) if HALF in request.session else self._begin_again()

    def post(self, request: HttpRequest) -> HttpResponse:
        if HALF not in request.session:
            return self._begin_again()
        form, half = CodeForm(request.POST), Half(**request.session[HALF])
        if not form.is_valid():
            return self._page(form)
        code, address = form.cleaned_data["code"], address_of(request)
        try:
            user = enter_code(half, code, address=address, device=self.device(), now=timezone.now())
        except Stale as stale:
            request.session.flush()
            request.session[ENDED] = stale.sentence
            return self._begin_again()
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
            return self._page(form, status=429 if isinstance(refusal, RateLimited) else 200)
        return self.enter(user)

    def _begin_again(self) -> HttpResponse:
        return redirect_to_login(self.wanted()) if self.wanted() else redirect(settings.LOGIN_URL)

    def _page(self, form: CodeForm, *, status: int = 200) -> HttpResponse:
        if form.is_bound:
            form.data = form.data.copy()
            form.data["code"] = ""  # a code that was sent is of no further use
        return render(self.request, "accounts/login_code.html", {"form": form, "next": self.wanted()}, status=status)


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
