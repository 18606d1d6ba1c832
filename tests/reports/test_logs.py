"""操作日志 and 登录日志: complete, readable, in scope, without phones, and beyond anybody's reach."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from accounts.services.users import edit_user
from heating.audit.models import Record
from heating.audit.services import record
from heating.standard_roles import COMPANY_ADMIN, SYSTEM_ADMIN
from org.models import Office
from reports.logs.readable import changes
from reports.logs.words import RESULTS, event_label
from tests import build
from tests.accounts.signing import press_login

LOGS, LOGINS = "/a/logs/", "/a/logins/"
PHONE, CARD, LANDLINE = "13812345678", "11010519491231002X", "0531-88776655"


@pytest.fixture
def company(db: Any) -> Office:
    return build.company()


@pytest.fixture
def bob(company: Office, client: Client) -> User:
    """The company's administrator, who reads the log."""
    bob = build.user("bob", company, build.role(company, *COMPANY_ADMIN.permissions), name="鲍勃")
    client.force_login(bob)
    return bob


def texts(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def cells(answer: Any) -> list[tuple[Any, ...]]:
    """Return the data rows of an exported workbook."""
    return list(load_workbook(BytesIO(b"".join(answer))).active.iter_rows(min_row=4, values_only=True))


# 操作日志.


def test_a_deed_is_read_in_the_words_of_its_page(bob: User, company: Office, client: Client) -> None:
    site = build.site(company)
    client.post(
        f"/a/org/offices/{site.pk}/edit/", {"parent": company.pk, "name": "城东站", "kind": "site", "level": "3"}
    )
    row = Record.objects.get(event="office.edit")
    told = {c.label: (c.before, c.after) for c in changes(row)}
    assert told == {"机构名称": ("东城收费站", "城东站"), "机构级别": ("二级", "三级")}
    page = texts(client, LOGS)
    assert "编辑机构" in page and "机构名称：东城收费站" in page and "机构名称：城东站" in page
    assert "鲍勃" in page and "127.0.0.1" in page and f"/a/logs/{row.pk}/" in page
    detail = texts(client, f"/a/logs/{row.pk}/")
    assert all(word in detail for word in ("机构级别", "二级", "三级", "城东站", "编辑机构"))


def test_states_and_roles_are_read_in_words(bob: User, company: Office, client: Client) -> None:
    room = build.room(office=build.site(company))
    contract = build.contract(room, build.product(build.season(company)))
    row = record(bob, "contract.approve", contract, before="pending", after="approved")
    assert [(c.label, c.before, c.after) for c in changes(row)] == [("状态", "待审批", "通过")]
    role = build.role(company)
    client.post(f"/a/accounts/roles/{role.pk}/assign/", {"events": [build.permissions("payments.take_payment")[0].pk]})
    assert "payments.take_payment" not in texts(client, LOGS, event="role.assign")
    switched = record(bob, "user.disable", bob, before=True, after=False)
    assert [(c.label, c.before, c.after) for c in changes(switched)] == [("启用", "是", "否")]


def test_the_log_is_searched_by_each_condition(bob: User, company: Office, client: Client) -> None:
    east, west = build.site(company, "东站"), build.site(company, "西站")
    record(bob, "office.disable", east, office_id=east.pk, address="10.0.0.8")
    record(None, "order.roll", office_id=west.pk)
    today = f"{timezone.localdate():%Y-%m-%d}"
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"

    def found(**query: str) -> list[str]:
        rows = client.get(LOGS, query).context["rows"]
        return [row.cells[2].text for row in rows if row.cells[2].text in ("停用机构", "每日滞纳金计算")]

    both = ["每日滞纳金计算", "停用机构"]
    assert found() == both and found(since=today) == both and found(until=today) == both
    assert found(since=tomorrow) == [] and found(actor="鲍") == ["停用机构"] and found(actor="系统")[0] == both[0]
    assert found(event="office.disable") == ["停用机构"] == found(target="东站") == found(address="10.0.0.8")
    assert found(office=str(west.pk)) == ["每日滞纳金计算"]
    assert len(cells(client.get(LOGS, {"event": "office.disable", "export": "xlsx"}))) == 1
    assert found(actor="没有这个人") == [] == found(target="没有")


def test_nobody_reads_the_log_of_another_company(bob: User, client: Client) -> None:
    theirs = build.company("别家热力")
    foreign = record(None, "season.add", build.season(theirs), office_id=theirs.pk, note="别家的事")
    homeless = record(None, "order.roll", note="没有机构的事")
    page = texts(client, LOGS)
    assert "别家的事" not in page and "没有机构的事" not in page
    assert client.get(f"/a/logs/{foreign.pk}/").status_code == 404 == client.get(f"/a/logs/{homeless.pk}/").status_code
    admin = build.user("admin", bob.office, build.role(bob.office, *SYSTEM_ADMIN.permissions, scope="all"))
    client.force_login(admin)
    page = texts(client, LOGS)
    assert "别家的事" in page and "没有机构的事" in page


def test_no_phone_and_no_document_ever_enters_the_log(bob: User, company: Office, client: Client) -> None:
    dave = build.user("dave", company, phone=PHONE)
    data = {"office": company, "username": "dave", "name": "戴", "phone": "13987654321", "roles": []}
    edit_user(dave.pk, data, actor=bob)
    deep = {
        "新电话": LANDLINE,
        "facts": [{"id_no": CARD, "phone": "88776655"}],
        "text": f"换号{PHONE}，原 139-8765-4321",
    }
    record(bob, "owner.switch", dave, before=deep, after=f"证件{CARD.lower()}", note=f"他说 {LANDLINE} 或{PHONE}")
    office = {"parent": company.pk, "name": "南站", "kind": "site", "level": "2", "phone": LANDLINE}
    client.post("/a/org/offices/add/", office)
    build.user("eve", company, build.role(company, "audit.view_record", "property.view_sensitive"))
    client.force_login(User.objects.get(username="eve"))  # nor for those who may see phones elsewhere
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(audit_record::text, ' ') FROM audit_record")
        stored = cursor.fetchone()[0]
    rows = Record.objects.exclude(event__in=RESULTS)
    shown = texts(client, LOGS) + "".join(texts(client, f"/a/logs/{row.pk}/") for row in rows)
    exported = str(cells(client.get(LOGS, {"export": "xlsx"})))
    for number in (PHONE, "13987654321", "139-8765-4321", CARD, CARD.lower(), LANDLINE, "88776655"):
        assert number not in stored and number not in shown and number not in exported, number
    assert "138****5678" in shown and "139****4321" in shown


def test_numbers_of_the_trade_stay_readable(bob: User, company: Office) -> None:
    room = build.room(office=build.site(company), account_no="0012345678")
    row = record(
        bob,
        "room.add",
        room,
        after={"account_no": "0012345678", "sha256": "13812345678ab" * 4},
        note="D2025112000000017",
    )
    assert "0012345678" in row.target_text and row.after["sha256"] == "13812345678ab" * 4
    assert row.note == "D2025112000000017"


def test_rows_from_before_the_masking_are_masked_on_the_page(bob: User, company: Office, client: Client) -> None:
    Record.objects.create(
        event="user.edit", before={"phone": PHONE}, after={"phone": ""}, office_id=company.pk, note=PHONE
    )
    assert PHONE not in texts(client, LOGS) and "138****5678" in texts(client, LOGS)


@pytest.mark.parametrize("change", ["UPDATE audit_record SET note = 'x'", "DELETE FROM audit_record"])
def test_the_database_itself_refuses_to_change_the_log(bob: User, company: Office, change: str) -> None:
    kept = record(bob, "office.disable", company)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Record.objects.get(pk=kept.pk).note == ""


def test_a_log_of_millions_is_not_counted_to_its_end(
    bob: User, company: Office, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("heating.kit.pages.list.MOST", 40)
    for _ in range(45):
        record(bob, "office.disable", company, office_id=company.pk)
    page = texts(client, LOGS)
    assert "超过 40 条" in page and "第 1 / 2 页" in page
    assert "第 2 / 2 页" in texts(client, LOGS, page="999")
    assert "共 45 条" not in page
    monkeypatch.setattr("heating.kit.pages.list.MOST", 10_000)
    assert "超过" not in texts(client, LOGS) and len(cells(client.get(LOGS, {"export": "xlsx"}))) >= 45


@pytest.mark.parametrize("address", [LOGS, LOGINS])
def test_a_log_page_costs_the_same_with_one_row_and_with_three(
    bob: User, company: Office, client: Client, address: str
) -> None:
    event = "office.disable" if address == LOGS else "login.ok"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            texts(client, address)
        return len(queries)

    record(bob, event, company, note="bob", office_id=company.pk)
    texts(client, address)
    first = cost()
    for _ in range(3):
        record(bob, event, company, note="bob", office_id=company.pk)
    assert cost() == first


def test_an_event_that_is_unknown_is_shown_as_it_stands() -> None:
    assert event_label("room.paint") == "room.paint"


# 登录日志.


def test_each_sign_in_is_told_with_its_result(bob: User, company: Office, client: Client) -> None:
    build.user("alice", company, name="艾丽斯")
    visitor = Client()
    for _ in range(5):
        press_login(visitor, "alice", "wrong")
    press_login(visitor, "alice", "alice-Pass-1")
    press_login(visitor, "carol", "wrong")
    press_login(visitor, "bob", "bob-Pass-1")
    visitor.post("/a/logout")
    rows = client.get(LOGINS).context["rows"]
    told = [[cell.text for cell in row.cells][1:] for row in rows][::-1]
    alice = ["alice", "艾丽斯", company.name]
    assert told == [
        *[[*alice, "密码错误", "127.0.0.1"]] * 5,
        [*alice, "已锁定", "127.0.0.1"],
        [*alice, "拒绝", "127.0.0.1"],
        ["bob", "鲍勃", company.name, "成功", "127.0.0.1"],
        ["bob", "鲍勃", company.name, "退出", "127.0.0.1"],
    ]
    deeds = {row.cells[2].text for row in client.get(LOGS).context["rows"]}
    assert deeds and not deeds & set(RESULTS.values())
    assert "错误" not in texts(client, LOGINS, result="login.ok").partition("<tbody>")[2]
    assert len(cells(client.get(LOGINS, {"name": "ali", "result": "login.wrong", "export": "xlsx"}))) == 5
    # A name that nobody has belongs to no company: only 全部数据 sees it, and only its first letters.
    assert "ca***" not in texts(client, LOGINS)
    client.force_login(build.user("admin", company, build.role(company, *SYSTEM_ADMIN.permissions, scope="all")))
    assert (
        "ca***" in texts(client, LOGINS, name="carol") and "carol" not in texts(client, LOGINS).partition("<tbody>")[2]
    )


def test_the_two_logs_have_their_own_events(company: Office, client: Client) -> None:
    for permission, open_, closed in (("audit.view_record", LOGS, LOGINS), ("accounts.view_loginlog", LOGINS, LOGS)):
        client.force_login(build.user(permission[:5], company, build.role(company, permission)))
        assert client.get(open_).status_code == 200 and client.get(closed).status_code == 403
