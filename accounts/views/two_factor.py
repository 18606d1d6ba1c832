"""动态口令登录: set up with a phone, recovery codes shown once, switched off."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.signin import RenewForm, SetUpForm, SwitchOffForm
from accounts.middleware import address_of, pending_duty
from accounts.qr import qr_picture
from accounts.rules import phone_address
from accounts.services.two_factor import new_key, renew_codes, set_up, switch_off
from accounts.views.signin import open_session
from heating.kit.encryption import decrypt, encrypt
from heating.kit.pages import FormPage, StaffRequest

# Where the session keeps the key, sealed, until the first code shows that the phone has it.
KEY = "second_factor_key"


def show_codes(page: FormPage, codes: list[str], text: str) -> HttpResponse:
    """Show recovery codes in the answer itself, not after a redirect: they are shown here and kept nowhere."""
    shown = [f"{code[:5]}-{code[5:]}" for code in codes]
    return page.show("accounts/recovery_codes.html", codes=shown, text=text)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SecondFactor(FormPage):
    """动态口令登录: how it stands, or how to set it up."""

    template, title, form_class, submit = "accounts/second_factor.html", "动态口令登录", SetUpForm, "启用"

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.has_second_factor:
            return super().get(request, **kwargs)
        left = request.user.recovery_codes.count()
        return self.show("accounts/second_factor_on.html", since=request.user.authenticator.created_at, left=left)

    def perform(self, form: SetUpForm) -> HttpResponse:
        user, codes = set_up(
            self.request.user,
            key=self.key(),
            password=form.cleaned_data["password"],
            code=form.cleaned_data["code"],
            address=address_of(self.request),
            now=timezone.now(),
        )
        open_session(self.request, user)
        return show_codes(self, codes, "动态口令登录已启用。")

    def key(self) -> str:
        """Return the key of this session's setting up."""
        if KEY not in self.request.session:
            self.request.session[KEY] = encrypt(new_key())
        return decrypt(self.request.session[KEY])

    def extra(self) -> dict[str, Any]:
        user, key = self.request.user, self.key()
        return {
            "must": pending_duty(user) != "",
            "picture": qr_picture(phone_address(user.username, key)),
            "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        }


@method_decorator(sensitive_post_parameters(), name="dispatch")
class RecoveryCodes(FormPage):
    """重新生成恢复码."""

    template, title = "accounts/renew_codes.html", "重新生成恢复码"
    form_class, submit = RenewForm, "重新生成恢复码"

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        return super().get(request, **kwargs) if request.user.has_second_factor else redirect(self.back_url())

    def perform(self, form: RenewForm) -> HttpResponse:
        codes = renew_codes(
            self.request.user,
            code=form.cleaned_data["code"],
            address=address_of(self.request),
            now=timezone.now(),
        )
        return show_codes(self, codes, "已生成新的恢复码，旧的恢复码全部作废。")

    def back_url(self) -> str:
        return reverse("accounts:second-factor")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SecondFactorOff(FormPage):
    """关闭动态口令登录."""

    title, form_class, submit, success = "关闭动态口令登录", SwitchOffForm, "关闭", "动态口令登录已关闭"

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        return super().get(request, **kwargs) if request.user.has_second_factor else redirect(self.back_url())

    def perform(self, form: SwitchOffForm) -> None:
        user = switch_off(
            self.request.user,
            password=form.cleaned_data["password"],
            code=form.cleaned_data["code"],
            address=address_of(self.request),
            now=timezone.now(),
        )
        open_session(self.request, user)

    def back_url(self) -> str:
        return reverse("accounts:second-factor")
