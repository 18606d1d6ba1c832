"""参数 and 字典."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import DataScope
from heating.audit.models import Record
from org.models import DictEntry, Office, Parameter
from org.parameters import KEYS, number_parameter, text_parameter
from tests import build
from tests.accounts.signing import errors

READ = ("org.view_parameter", "org.view_dictentry")
WRITE = (*READ, "org.change_parameter", "org.add_dictentry", "org.change_dictentry", "org.delete_dictentry")
LIST = "/a/org/parameters/"


@pytest.fixture
def red(db: Any) -> Office:
    return build.company()


def signed_in(client: Client, office: Office, *permissions: str, scope: str = DataScope.COMPANY_BELOW) -> Client:
    client.force_login(build.user("boss", office, build.role(office, *permissions, scope=scope)))
    return client


def edit(company: Office, key: str) -> str:
    return reverse("org:parameter-edit", args=[company.pk, key])


def test_every_parameter_is_shown_with_its_meaning(client, red):
    text = signed_in(client, red, *READ).get(LIST).content.decode()
    for key, about in KEYS.items():
        assert key in text and about.meaning in text
    assert "修改" not in text.split("<main")[1]


def test_company_sets_a_parameter_and_the_audit_shows_both_values(client, red):
    page = signed_in(client, red, *WRITE)
    assert page.post(edit(red, "滞纳金最小间隔天数"), {"value": "7"}).status_code == 302
    assert number_parameter(red.pk, "滞纳金最小间隔天数") == 7
    row = Record.objects.get(event="parameter.set")
    assert (row.before, row.after) == ("1", "7")
    assert "<strong>7</strong>" in page.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("滞纳金最小间隔天数", "0"),
        ("滞纳金最小间隔天数", "７"),
        ("滞纳金最小间隔天数", "x"),
        ("滞纳金最小间隔天数", ""),
        ("密码有效天数", "-1"),
        ("密码有效天数", "1e3"),
        ("密码有效天数", "NaN"),
        ("密码有效天数", "Infinity"),
        ("密码有效天数", "1_000"),
        ("密码有效天数", "0.001"),
        ("回单纸张", "A4"),
        ("冲抵顺序", "true"),
        ("回单备注", "行一\n行二"),
        ("滞纳金最小间隔天数", "9" * 5000),
    ],
)
def test_parameter_out_of_its_range_is_refused_beside_the_field(client, red, key, value):
    answer = signed_in(client, red, *WRITE).post(edit(red, key), {"value": value})
    assert answer.status_code == 422 and len(errors(answer)) == 1
    assert not Parameter.objects.exists()


def test_foreign_company_and_unknown_key_are_not_found(client, red):
    page = signed_in(client, red, *WRITE)
    other = build.company("另一家热力公司")
    assert page.post(edit(other, "滞纳金最小间隔天数"), {"value": "7"}).status_code == 404
    assert page.get(edit(red, "没有的参数")).status_code == 404
    assert page.get(edit(build.site(red), "滞纳金最小间隔天数")).status_code == 404
    assert "另一家热力公司" not in page.get(LIST, {"company": other.pk}).content.decode()


def test_reader_of_parameters_changes_none(client, red):
    assert signed_in(client, red, *READ).post(edit(red, "滞纳金最小间隔天数"), {"value": "7"}).status_code == 403


def test_dictionary_is_changed_by_the_whole_scope_only(client, red):
    page = signed_in(client, red, *WRITE)
    typed = {
        "dictionary": "relief",
        "code": "veteran",
        "label": "退役军人",
        "aliases": "军属",
        "sort": 5,
        "active": "on",
    }
    answer = page.post(reverse("org:dictentry-add"), typed)
    assert answer.status_code == 422 and "全部数据" in errors(answer)[0]
    page.force_login(build.user("root", red, build.role(red, *WRITE, scope=DataScope.ALL)))
    assert page.post(reverse("org:dictentry-add"), typed).status_code == 302
    entry = DictEntry.objects.get(code="veteran")
    assert "退役军人" in page.get(reverse("org:dictentry-list")).content.decode()
    twice = page.post(reverse("org:dictentry-add"), typed | {"label": "另一名"})
    assert errors(twice) == ["该字典中已有相同的代码"]
    twice = page.post(reverse("org:dictentry-add"), typed | {"code": "another"})
    assert errors(twice) == ["该字典中已有相同的名称"]
    assert page.post(reverse("org:dictentry-edit", args=[entry.pk]), typed | {"label": "烈属"}).status_code == 302
    assert page.post(reverse("org:dictentry-delete", args=[entry.pk])).status_code == 302
    assert not DictEntry.objects.exists()
    permissions = set(Record.objects.filter(target_id=entry.pk).values_list("event", flat=True))
    assert {"dictentry.add", "dictentry.edit", "dictentry.delete"} <= permissions


def test_builtin_word_keeps_its_code_and_is_not_deleted(client, red):
    entry = DictEntry.objects.create(dictionary="relief", code="fixed", label="内置", builtin=True)
    page = client
    page.force_login(build.user("root", red, build.role(red, *WRITE, scope=DataScope.ALL)))
    typed = {"dictionary": "relief", "code": "other", "label": "内置", "active": "on"}
    assert "代码不能修改" in errors(page.post(reverse("org:dictentry-edit", args=[entry.pk]), typed))[0]
    assert "不能删除" in errors(page.post(reverse("org:dictentry-delete", args=[entry.pk])))[0]
    assert page.get(reverse("org:dictentry-edit", args=[entry.pk + 1])).status_code == 404


def test_a_parameter_with_words_is_chosen_from_them(client, red):
    page = signed_in(client, red, *WRITE)
    text = page.get(edit(red, "冲抵顺序")).content.decode()
    assert '<option value="本金优先" selected>' in text and '<option value="滞纳金优先">' in text
    assert page.post(edit(red, "冲抵顺序"), {"value": "滞纳金优先"}).status_code == 302
    assert text_parameter(red.pk, "冲抵顺序") == "滞纳金优先"
    assert "<select" not in page.get(edit(red, "密码最短长度")).content.decode().split("<main")[1]
