"""机构管理."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import DataScope, User
from heating.audit.models import Record
from heating.kit.errors import Refusal
from org import services
from org.models import Office
from tests import build
from tests.accounts.signing import errors

PERMISSIONS = ("org.view_office", "org.add_office", "org.change_office", "org.delete_office")
LIST = "/a/org/offices/"


@pytest.fixture
def red(db: Any) -> Office:
    return build.company()


@pytest.fixture
def boss(red: Office) -> User:
    return build.user("boss", red, build.role(red, *PERMISSIONS))


@pytest.fixture
def page(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client


def typed(under: Office, name: str, **changes: Any) -> dict[str, Any]:
    return {"parent": under.pk, "name": name, "kind": "site", "level": 2} | changes


def test_new_office_stands_in_the_tree_under_its_parent(page, red):
    answer = page.post(reverse("org:office-add"), typed(red, "南城收费站"))
    made = Office.objects.get(name="南城收费站")
    assert made.parent == red and made.company == red and made.path == f"{red.path}{made.pk}/" and made.code
    assert f"office-{made.pk}" in answer["Location"]
    text = page.get(answer["Location"]).content.decode()
    assert "南城收费站" in text and "机构已保存" in text
    assert Record.objects.filter(event="office.add", target_id=made.pk).count() == 1


def test_office_below_starts_with_its_parent_chosen(page, red):
    text = page.get(reverse("org:office-add-below", args=[red.pk])).content.decode()
    assert f'<option value="{red.pk}" selected>' in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "东城收费站"}, "同一上级机构下已有同名机构"),
        ({"name": "　"}, "请填写机构名称"),
        ({"level": 9}, "9 不在可用的选项中"),
        ({"kind": "planet"}, "planet 不在可用的选项中"),
        ({"name": "长" * 61}, "不超过 60 字符"),
        ({"sort": "99999999999999999999"}, "小于或等于9999"),
    ],
)
def test_wrong_input_is_answered_with_a_sentence(page, red, changes, sentence):
    build.site(red)
    answer = page.post(reverse("org:office-add"), typed(red, "南城收费站") | changes)
    assert answer.status_code == 422
    assert [sentence in found for found in errors(answer)] == [True], errors(answer)
    assert Office.objects.count() == 2


def test_code_is_taken_once_only(page, red):
    build.site(red, code="HR01")
    answer = page.post(reverse("org:office-add"), typed(red, "南城收费站", code="HR01"))
    assert answer.status_code == 422
    assert "机构编码" in answer.content.decode()


def test_company_stands_under_a_company_only(page, red):
    site = build.site(red)
    answer = page.post(reverse("org:office-add"), typed(site, "子公司", kind="company"))
    assert "公司只能建在公司之下" in answer.content.decode()


def test_only_the_whole_scope_founds_a_company(page, red):
    assert page.post(reverse("org:office-add"), typed(red, "新公司", kind="company", parent="")).status_code == 422
    owner = build.user("all", red, build.role(red, *PERMISSIONS, scope=DataScope.ALL))
    services.add_office({"parent": None, "name": "新公司", "kind": "company", "level": 1}, actor=owner)


def test_no_circle_can_be_closed(boss, red):
    east = build.site(red)
    group = services.add_office({"parent": east, "name": "收费组", "kind": "department", "level": 3}, actor=boss)
    next_request = User.objects.get(pk=boss.pk)
    for parent in (east, group):
        with pytest.raises(Refusal, match="自己或自己的下级"):
            services.change_office(east.pk, {"parent": parent}, actor=next_request)


def test_moving_takes_everything_below_along_and_leaves_the_books(boss, red):
    east, west = build.site(red), build.site(red, "西城收费站")
    group = services.add_office({"parent": east, "name": "收费组", "kind": "department", "level": 3}, actor=boss)
    room = build.room(office=group)
    services.change_office(group.pk, {"parent": west}, actor=User.objects.get(pk=boss.pk))
    group.refresh_from_db()
    room.refresh_from_db()
    assert group.path == f"{west.path}{group.pk}/"
    assert room.office_id == group.pk and room.company_id == red.pk
    assert list(Office.objects.below(west).order_by("pk")) == [west, group]
    assert list(Office.objects.below(east)) == [east]


def test_no_office_moves_to_another_company(red):
    other = build.company("另一家热力公司")
    everywhere = build.user("all", red, build.role(red, *PERMISSIONS, scope=DataScope.ALL))
    with pytest.raises(Refusal, match="另一家公司"):
        services.change_office(build.site(red).pk, {"parent": other}, actor=everywhere)


def test_company_and_site_do_not_turn_into_each_other(boss, red):
    with pytest.raises(Refusal, match="不能互相改"):
        services.change_office(build.site(red).pk, {"kind": "company"}, actor=boss)


def test_used_office_is_not_deleted_and_says_why(page, boss, red):
    east = build.site(red)
    assert "还有 1 个机构" in page.post(reverse("org:office-delete", args=[red.pk])).content.decode()
    build.community(east)
    build.user("alice", east)
    answer = page.post(reverse("org:office-delete", args=[east.pk])).content.decode()
    assert "小区" in answer and "用户" in answer and "不能删除" in answer
    empty = build.site(red, "空站")
    assert page.post(reverse("org:office-delete", args=[empty.pk])).status_code == 302
    assert not Office.objects.filter(pk=empty.pk).exists()
    assert Record.objects.filter(event="office.delete", target_id=empty.pk).count() == 1


def test_empty_company_can_be_deleted(red):
    everywhere = build.user("all", red, build.role(red, *PERMISSIONS, scope=DataScope.ALL))
    other = build.company("误建的公司")
    services.delete_office(other.pk, actor=everywhere)
    assert not Office.objects.filter(pk=other.pk).exists()


def test_switched_off_office_takes_nothing_new(page, red):
    east = build.site(red)
    page.post(reverse("org:office-switch", args=[east.pk]))
    east.refresh_from_db()
    assert not east.active
    answer = page.post(reverse("org:office-add"), typed(east, "收费组", kind="department"))
    assert answer.status_code == 422
    page.post(reverse("org:office-switch", args=[east.pk]))
    east.refresh_from_db()
    assert east.active


def test_foreign_offices_are_neither_seen_nor_reached(page, red):
    other = build.company("另一家热力公司")
    theirs = build.site(other, "外站")
    assert "外站" not in page.get(LIST).content.decode()
    assert "外站" not in page.get(LIST, {"name": "外"}).content.decode()
    assert "外站" not in page.get(reverse("org:office-add")).content.decode()
    for name in ("office-edit", "office-delete", "office-switch", "office-add-below"):
        assert page.get(reverse(f"org:{name}", args=[theirs.pk])).status_code == 404
        assert page.post(reverse(f"org:{name}", args=[theirs.pk])).status_code == 404
    assert page.post(reverse("org:office-add"), typed(theirs, "南城")).status_code == 422
    assert page.post(reverse("org:office-edit", args=[build.site(red).pk]), typed(theirs, "南城")).status_code == 422


def test_service_refuses_a_foreign_parent_without_the_form(boss, red):
    other = build.company("另一家热力公司")
    with pytest.raises(Refusal, match="不在您的数据范围内"):
        services.add_office({"parent": other, "name": "南城", "kind": "site", "level": 2}, actor=boss)


def test_search_gives_a_flat_list_and_its_export(page, red):
    build.site(red)
    assert "东城收费站" in page.get(LIST, {"name": "东城"}).content.decode()
    answer = page.get(LIST, {"export": "xlsx"})
    assert answer.getvalue().startswith(b"PK")
    assert page.get(LIST, {"open": "1,x,99999999999999999999", "name": "\x00"}).status_code == 200


@pytest.fixture
def ten_thousand(red: Office) -> Office:
    """Ten thousand offices in three levels."""
    sites = [build.site(red, f"站{n}") for n in range(10)]
    for site in sites:
        rows = [
            Office(parent=site, company=red, name=f"组{n}", kind="department", level=3, code=f"{site.code}-{n}")
            for n in range(1000)
        ]
        for office in Office.objects.bulk_create(rows):
            office.path = f"{site.path}{office.pk}/"
        Office.objects.bulk_update(rows, ["path"])
    return sites[3]


def test_tree_of_ten_thousand_shows_a_hundred_lines_of_a_branch(page, ten_thousand):
    """How long it takes is a figure of `bin/bench offices`; here, that it reads and writes no more than it shows."""
    opened = f"{LIST}?open={ten_thousand.parent_id},{ten_thousand.pk}"
    answer = page.get(opened).content.decode()
    assert "组1" in answer and "只显示前 100 个" in answer
    assert answer.count("<tr") < 150
    assert count_of(page, opened) <= count_of(page) + 2


def test_tree_costs_the_same_for_few_and_for_many(page, red):
    build.site(red)
    page.get(LIST)
    few = count_of(page)
    for n in range(20):
        build.site(red, f"站{n}")
    assert count_of(page) == few


def count_of(page: Client, address: str = LIST) -> int:
    with CaptureQueriesContext(connection) as queries:
        page.get(address)
    return len(queries)


def test_a_new_office_has_no_kind_until_one_is_chosen(page, red):
    form = page.get(reverse("org:office-add")).context["form"]
    assert [str(form[name].value() or "") for name in ("parent", "kind", "level")] == ["", "", ""]
    answer = page.post(reverse("org:office-add"), typed(red, "南城", kind="", level=""))
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"kind", "level"}


def test_the_rows_of_a_search_have_a_menu_called_by_what_it_is(page, red):
    table = page.get(reverse("org:office-list"), {"name": red.name}).context["table"]
    assert table.menu == "操作"
