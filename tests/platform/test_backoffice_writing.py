"""What may be done in the back office goes through the services."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from heating.audit.models import Record
from org.models import DictEntry, Office, Parameter
from tests import build
from tests.platform.backoffice import FOREIGN, OWN, address, text

pytestmark = pytest.mark.django_db


def office_data(parent: Office | None, **changes: Any) -> dict[str, Any]:
    data = {"name": "北站", "kind": "site", "level": "2", "code": "", "sort": "0", "active": "on"}
    return data | {"parent": parent.pk if parent else ""} | changes


def test_an_office_is_added_changed_and_deleted_by_the_service(own: Office, inside: Client) -> None:
    assert inside.post(address(Office, "add"), office_data(own)).status_code == 302
    made = Office.objects.get(name="北站")
    assert made.path == f"{own.path}{made.pk}/" and made.company == own and made.code
    assert inside.post(address(Office, "change", made.pk), office_data(own, name="南站", active="")).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.active) == ("南站", False)
    assert inside.post(address(Office, "delete", made.pk), {"post": "yes"}).status_code == 302
    deeds = Record.objects.filter(target_type="org.office", target_id=made.pk).order_by("id")
    assert [deed.event for deed in deeds] == ["office.add", "office.edit", "office.disable", "office.delete"]
    assert {deed.actor_name for deed in deeds} == {"eve"}
    assert text(inside, "/admin/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_admin_log")
        assert cursor.fetchone() == (0,)


def test_a_refusal_stands_in_the_form_and_nothing_is_done(own: Office, inside: Client) -> None:
    site = build.site(own)
    below = build.site(site, "站下站")
    theirs = Office.objects.get(name=FOREIGN)
    deeds = Record.objects.count()
    answer = inside.post(address(Office, "change", site.pk), office_data(below, name=site.name, code=site.code))
    assert answer.status_code == 200 and "上级机构不能是自己或自己的下级" in answer.content.decode()
    for parent, kind, sentence in (
        (None, "company", "请选择上级机构"),
        (None, "site", "没有上级的机构必须是公司"),
        (theirs, "site", "选择一个有效的选项"),
    ):
        answer = inside.post(address(Office, "add"), office_data(parent, kind=kind))
        assert answer.status_code == 200 and sentence in answer.content.decode()
    answer = inside.post(address(Office, "delete", own.pk), {"post": "yes"}, follow=True)
    assert "不能删除" in answer.content.decode() and Office.objects.filter(pk=own.pk).exists()
    site.refresh_from_db()
    assert site.parent == own and Record.objects.count() == deeds


def test_parameters_and_words_are_set_by_the_services(own: Office, over_all: Client) -> None:
    data = {"company": own.pk, "key": "密码最短长度", "value": "3"}
    answer = over_all.post(address(Parameter, "add"), data)
    assert "请填写 8 到 32 之间的整数" in answer.content.decode()
    assert over_all.post(address(Parameter, "add"), data | {"value": "12"}).status_code == 302
    row = Parameter.objects.get(company=own, key="密码最短长度")
    assert over_all.post(address(Parameter, "change", row.pk), {"value": "13", "key": "回单备注"}).status_code == 302
    row.refresh_from_db()
    assert (row.key, row.value) == ("密码最短长度", "13")
    word = {"dictionary": "relief", "code": "hero", "label": "烈属", "aliases": "", "sort": "1", "active": "on"}
    assert over_all.post(address(DictEntry, "add"), word).status_code == 302
    assert "小写字母开头" in over_all.post(address(DictEntry, "add"), word | {"code": "=1"}).content.decode()
    permissions = Record.objects.order_by("id").values_list("event", flat=True)
    assert [permission for permission in permissions if permission.split(".")[0] in ("parameter", "dictentry")] == [
        "parameter.set", "parameter.set", "dictentry.add",
    ]  # fmt: skip


def test_a_used_product_is_not_deleted(own: Office, inside: Client) -> None:
    product = own.pk and apps.get_model("billing.Product").objects.get(name=OWN)
    answer = inside.post(address(type(product), "delete", product.pk), {"post": "yes"}, follow=True)
    assert "已有 1 户签约或订单，不能删除" in answer.content.decode()
    assert inside.post(address(type(product), "change", product.pk), {"name": "x"}).status_code == 403
