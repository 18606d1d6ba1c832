"""权限查询 (系统设置): choose a person, a permission and a thing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse

from accounts.models import User
from accounts.queries import permission_words
from accounts.views.access.explain import Verdict, explain
from accounts.views.access.things import THINGS, Thing
from heating.kit.errors import Refusal
from heating.kit.pages import Page, StaffRequest

FEW = 5


def questions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return thing → permissions for the drop-down."""
    words = permission_words()
    return [
        (
            f"{thing.label}（按{thing.key}）",
            [(f"{code}:{permission}", f"{thing.label}：{words[permission]}") for permission in thing.permissions],
        )
        for code, thing in THINGS.items()
    ]


class AccessForm(forms.Form):
    """用户, 操作, 号码."""

    user = forms.CharField(label="用户", max_length=40, help_text="登录名或姓名")
    question = forms.ChoiceField(label="操作")
    number = forms.CharField(
        label="号码或名称",
        max_length=60,
        help_text="户室填缴费账号，业主填编号或姓名，订单填订单号，小区填名称，缴费填回单号",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["question"].choices = [("", "请选择"), *questions()]


class AccessPage(Page):
    """Asks and answers in the address bar, so that an answer can be sent on.

    Whoever manages users may ask about the users and things of their own scope. Of the thing they read its number and
    where it belongs, never a name or an amount: the system administrator sees neither owners nor money.
    """

    title, permission, template = "权限查询", "accounts.view_user", "accounts/access.html"
    crumbs = (("系统设置", ""),)

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        asked = any(name in request.GET for name in AccessForm.base_fields)
        data = {key: value.replace("\x00", "") for key, value in request.GET.items()}
        form = AccessForm(data) if asked else AccessForm(initial=self.preset())
        form.use_required_attribute = False
        answer: dict[str, Any] = {}
        if asked and form.is_valid():
            try:
                answer = self.answer(**form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field, refusal.sentence)
        return self.show(form=form, **({"verdict": None, "facts": []} | answer))

    def preset(self) -> dict[str, Any]:
        """Return what the empty form begins with."""
        return {}

    def answer(self, user: str, question: str, number: str) -> dict[str, Any]:
        code, _, permission = question.partition(":")
        thing = THINGS[code]
        person, row = self.person(user), self.row(thing, number)
        verdict: Verdict = explain(person, permission, thing, row)
        facts = [
            ("用户", str(person)),
            ("用户所属机构", str(person.office or "无")),
            (thing.label, thing.number(row)),
            ("所属机构", "、".join(dict.fromkeys(thing.offices(row)))),
            ("位置", "、".join(thing.places(row))),
        ]
        return {"verdict": verdict, "facts": facts}

    def person(self, text: str) -> User:
        """Return the one user of that login name or name in the actor's scope; `Refusal` otherwise."""
        mine = User.objects.visible_to(self.request.user, self.permission).select_related("office__company")
        found = list(mine.filter(Q(username__iexact=text) | Q(name=text))[: FEW + 1])
        exact = [user for user in found if user.username.lower() == text.lower()]
        return _one(exact or found, "用户", str, field="user")

    def row(self, thing: Thing, text: str) -> Any:
        """Return the one row of that number in the scope in which the actor manages users; `Refusal` otherwise."""
        mine = thing.rows.visible_to(self.request.user, self.permission)
        return _one(list(mine.filter(thing.find(text))[: FEW + 1]), thing.label, thing.number, field="number")


class AccessOfUser(AccessPage):
    """The same question, come from the row of a user, who is already filled in."""

    model = User

    def preset(self) -> dict[str, Any]:
        return {"user": self.fetch(User.objects.all(), self.kwargs["pk"]).username}


def _one(found: list[Any], what: str, number: Any, *, field: str) -> Any:
    if not found:
        raise Refusal(f"在您的数据范围内没有找到该{what}，请核对后重试", field=field)
    if len(found) > 1:
        listed = "、".join(number(row) for row in found[:FEW]) + ("等" if len(found) > FEW else "")
        raise Refusal(f"找到多个{what}，请填写其中一个：{listed}", field=field)
    return found[0]
