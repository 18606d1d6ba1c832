"""The sign-in form, the code of the second factor, and the change of password."""

from typing import Any

from django import forms

from accounts.rules import DIGITS, read_code


class LoginForm(forms.Form):
    """登录名, 密码, 验证码."""

    username = forms.CharField(
        label="登录名",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
        error_messages={"required": "请输入登录名"},
    )
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请输入密码"},
    )
    captcha = forms.CharField(
        label="验证码",
        max_length=8,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="连续输错 5 次密码，账号锁定到第二天零点；忘记密码请联系系统管理员",
        error_messages={"required": "请输入验证码"},
    )
    captcha_key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class PasswordForm(forms.Form):
    """The old password and the new one twice."""

    old = forms.CharField(
        label="原密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label="新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="确认新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("new"):
            raise forms.ValidationError("两次输入的新密码不一致")
        return self.cleaned_data["again"]


class CodeField(forms.CharField):
    """A code of the phone or, unless `phone_only`, a recovery code; spaces and hyphens do not matter."""

    def __init__(self, *, phone_only: bool = False, **options: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **options)
        self.phone_only = phone_only

    def clean(self, value: Any) -> str:
        code = read_code(super().clean(value))
        if not code or (self.phone_only and len(code) != DIGITS):
            raise forms.ValidationError("请输入 6 位数字" if self.phone_only else "请输入 6 位动态码，或 10 位恢复码")
        return code


class CodeForm(forms.Form):
    """The second step of the sign-in."""

    code = CodeField(
        label="动态码",
        help_text="打开手机上的验证器，输入“热力缴费”下的 6 位数字；手机不在身边时，输入一个恢复码",
        error_messages={"required": "请输入动态码"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].widget.attrs["autofocus"] = True


class SetUpForm(forms.Form):
    """Password and the first code of the phone."""

    password = forms.CharField(
        label="登录密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = CodeField(label="动态码", phone_only=True, help_text="手机验证器上显示的 6 位数字")


class RenewForm(forms.Form):
    """The phone's current code, for new recovery codes."""

    code = CodeField(
        label="动态码",
        phone_only=True,
        help_text="手机验证器上显示的 6 位数字",
        error_messages={"required": "请输入动态码"},
    )


class SwitchOffForm(SetUpForm):
    """Password and a code of the phone, or a recovery code."""

    code = CodeField(label="动态码", help_text="手机验证器上的 6 位数字，或一个恢复码")
