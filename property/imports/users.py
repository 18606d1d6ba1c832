"""用户导入: its columns, its checks and its load; offices, roles and 辖区 are found by name in the importer's scope.

It stands here and not in accounts because 辖区小区 are places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import DataScope, Role, User
from accounts.models.data_scope import OVERSEE
from accounts.rules import login_key
from accounts.services.bulk_create import PERMISSION, NewUser, add_users, check_new_user
from accounts.services.delegation import check_user
from heating.audit.models import Record
from heating.audit.services import record
from heating.imports.importer import Destination, Importer
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.imports.sheet import Sheet, duplicates
from heating.imports.template import Field, Template
from heating.imports.workbook import WorkbookRefusal
from heating.kit import parsing
from heating.kit.errors import Refusal
from heating.kit.parsing import Read, Value
from heating.kit.parsing.phones import MOBILE
from org.models import Office
from property.models import Community

OFFICE, LOGIN, NAME, PHONE, ROLES, OVERSEEN = "机构", "登录名", "姓名", "手机", "角色", "辖区小区"
MOST = 2_000
MADE = "users"
LOGIN_NAME = re.compile(r"[A-Za-z0-9_.@-]{2,40}")
SEVERAL = re.compile(r"[、,，;；\n]+")
LEVELS = re.compile(r"[/／>＞]")


def login(cell: Value) -> str | Read | None:
    """A login name as the form takes it."""
    text = parsing.identifier(cell)
    return text if not isinstance(text, str) or LOGIN_NAME.fullmatch(text) else Read(error="login_invalid")


def mobile(cell: Value) -> str | Read | None:
    """One mobile number; nothing else reaches a member of the staff."""
    found = parsing.phone(cell)
    return (
        found if found is None or (isinstance(found, str) and MOBILE.fullmatch(found)) else Read("", "mobile_invalid")
    )


SENTENCES = {
    "unknown_office": "没有机构“{candidate}”，或不在您的数据范围内",
    "ambiguous_office": "有多个机构叫“{candidate}”，请连同上级填写，如 东城收费站/收费组",
    "unknown_role": "没有角色“{candidate}”，或不在您的数据范围内，或已停用",
    "ambiguous_role": "有多个角色叫“{candidate}”，请在页面上单独新增该用户",
    "unknown_overseen": "没有小区“{candidate}”，或不在您的数据范围内",
    "ambiguous_overseen": "有多个小区叫“{candidate}”，请在用户管理中设置辖区小区",
    "overseen_missing": "有角色的数据范围是辖区数据，还没有填{field}，暂时看不到数据",
    "overseen_idle": "所填角色的数据范围都不是辖区数据，{field}暂不起作用",
    "user_refused": "{candidate}",
    "login_invalid": "{field}须为 2–40 位字母、数字或 _ . @ -",
    "duplicate_login": "{field}在文件中重复",
    "login_taken": "{field}不可用，请换一个",
    "mobile_invalid": "{field}须为 11 位手机号",
}

TEMPLATE = Template(
    "用户导入",
    (
        Field(OFFICE, partial(parsing.name, limit=200), required=True, example="东城收费站/收费组"),
        Field(LOGIN, login, required=True, example="zhangsan"),
        Field(NAME, partial(parsing.name, limit=40), required=True, example="张三"),
        Field(PHONE, mobile, required=True, example="13800000000"),
        Field(ROLES, partial(parsing.note, limit=500), required=True, example="收费员、收费员（本站办理）"),
        Field(OVERSEEN, partial(parsing.note, limit=2000), example="阳光小区、和平小区"),
    ),
    key=LOGIN,
    sentences=SENTENCES,
)


class UserImporter(Importer):
    """用户导入: staff with their roles and 辖区.

    No password is made here: a file or a batch page that held first passwords would be a place to steal them from.
    The new users cannot sign in until an administrator gives them their first passwords (用户管理 > 批量重置密码),
    where they are shown once.
    """

    kind, title, permission = "users", "用户导入", PERMISSION
    made = {MADE: "用户", "overseen": "辖区小区"}
    hint = (
        ".xlsx 或 .xls，一次最多 2,000 个用户；机构可写上级（东城收费站/收费组），多个角色、小区用顿号分开；"
        "上传后先检查，不会写入任何数据"
    )
    undo_warning = "本批次新建的用户都会删除。"

    def template(self, to: Destination) -> Template:
        return TEMPLATE

    def check_rows(self, sheet: Sheet, to: Destination) -> Result:
        if len(sheet.data_rows) > MOST:
            raise WorkbookRefusal("too_many_users", sentence="一次最多导入 2,000 个用户，请拆分后上传")
        result = Result(sheet, sheet.errors, sheet.warnings)
        _logins(sheet)
        finder = Finder(to)
        for row in sheet.data_rows:
            if row not in sheet.errors:
                finder.judge(sheet, row)
        return result

    def load(self, result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
        return load_users(result, to, batch)

    def undo(self, batch: Batch, to: Destination) -> dict[str, Any]:
        return undo_users(batch, to)

    def stands(self, batch: Batch) -> bool:
        made = batch.options.get(MADE, [])
        return User.objects.filter(pk__in=made).count() == len(made)


def _logins(sheet: Sheet) -> None:
    """Mark all rows of a login name that stands twice, and those that somebody has."""
    keys = [login_key(name) if (name := sheet.values[LOGIN][row]) else None for row in sheet.data_rows]
    for row in duplicates(keys, sheet.data_rows):
        sheet.error(row, "duplicate_login", LOGIN)
    known = User.objects.alias(lowered=Lower("username")).filter(lowered__in=[key for key in keys if key])
    taken = {login_key(name) for name in known.values_list("username", flat=True)}
    for key, row in zip(keys, sheet.data_rows, strict=True):
        if key in taken:
            sheet.error(row, "login_taken", LOGIN)


class Finder:
    """Finds offices, roles and communities by their words among those that the importer may use."""

    def __init__(self, to: Destination) -> None:
        self.actor = to.actor
        offices, roles = Office.objects.filter(active=True), Role.objects.filter(active=True)
        places = Community.objects.all()
        if to.actor is None:
            offices, roles = offices.filter(company=to.company_id), roles.filter(office__company=to.company_id)
            places = places.filter(company=to.company_id)
        else:
            offices, roles, places = (rows.visible_to(to.actor, PERMISSION) for rows in (offices, roles, places))
        self.names = dict(Office.objects.values_list("pk", "name"))
        self.offices, self.roles = (
            _by(offices.select_related("company"), "name"),
            _by(roles.select_related("office"), "title"),
        )
        self.places = _by(places, "name")
        self.refused: dict[Any, str] = {}

    def judge(self, sheet: Sheet, row: int) -> None:
        """Put what is wrong with a row into the sheet."""
        try:
            new_user, places = self.read(sheet, row)
        except Unknown as unknown:
            sheet.error(row, unknown.code, unknown.field, unknown.text)
            return
        if sentence := self._refusal(new_user):
            sheet.error(row, "user_refused", ROLES, sentence)
        overseeing = any(DataScope.JURISDICTION in role.scopes for role in new_user.roles)
        if overseeing != bool(places):
            sheet.warn(row, "overseen_missing" if overseeing else "overseen_idle", OVERSEEN)

    def read(self, sheet: Sheet, row: int) -> tuple[NewUser, list[Community]]:
        """Return the user of a row and the 辖区; `Unknown` when a word means nothing, or too much."""
        values = {name: sheet.values[name][row] or "" for name in TEMPLATE.names}
        office = self._office(values[OFFICE])
        roles = tuple(dict.fromkeys(self._role(word, office) for word in _words(values[ROLES])))
        places = [self._place(word, office) for word in dict.fromkeys(_words(values[OVERSEEN]))]
        return NewUser(office, values[LOGIN], values[NAME], values[PHONE], roles), places

    def _refusal(self, new_user: NewUser) -> str:
        if new_user.place not in self.refused:
            try:
                check_new_user(new_user, actor=self.actor)
                self.refused[new_user.place] = ""
            except Refusal as refusal:
                self.refused[new_user.place] = refusal.sentence
        return self.refused[new_user.place]

    def _office(self, text: str) -> Office:
        *above, last = [text] if text in self.offices else [word.strip() for word in LEVELS.split(text)]
        found = [
            office for office in self.offices[last] if self._ancestors(office)[-len(above) :] == above or not above
        ]
        return _only(found, OFFICE, text, "office")

    def _ancestors(self, office: Office) -> list[str]:
        return [self.names[int(pk)] for pk in office.path.strip("/").split("/")[:-1]]

    def _role(self, word: str, office: Office) -> Role:
        """Return the role of that name nearest above the office, or the only one there is."""
        found = self.roles[word]
        above = [role for role in found if office.path.startswith(role.office.path)]
        nearest = sorted(above, key=lambda role: len(role.office.path))[-1:]
        return _only(nearest or found, ROLES, word, "role")

    def _place(self, word: str, office: Office) -> Community:
        found = self.places[word]
        return _only([p for p in found if p.company_id == office.company_id] or found, OVERSEEN, word, "overseen")


class Unknown(Exception):
    """A word of the file that is no one thing."""

    def __init__(self, code: str, field: str, text: str) -> None:
        super().__init__(code)
        self.code, self.field, self.text = code, field, text


def _only(found: list[Any], field: str, text: str, what: str) -> Any:
    if len(found) != 1:
        raise Unknown(f"ambiguous_{what}" if found else f"unknown_{what}", field, text)
    return found[0]


def _by(rows: Any, name: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _words(text: str) -> list[str]:
    return [word.strip() for word in SEVERAL.split(text) if word.strip()]


def load_users(result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
    """Add the users of the good rows, with roles and 辖区."""
    rows = result.good_rows()
    if not rows:
        return {}
    finder = Finder(to)
    read = [finder.read(result.sheet, row) for row in rows]
    users = add_users((new_user for new_user, _ in read), actor=to.actor, now=timezone.now())
    grants = 0
    for user, (new_user, places) in zip(users, read, strict=True):
        if places:
            grants += _oversee(user, places, to.actor)
            if to.actor is not None:
                # The roles reach further now than when they were looked at.
                check_user(User.objects.get(pk=user.pk), new_user.roles, to.actor, "accounts.add_user")
    counts = {MADE: len(users), "overseen": grants}
    batch.options[MADE] = [user.pk for user in users]
    batch.save(update_fields=["options"])
    record(to.actor, "user.import", batch, after=counts, office_id=to.office_id)
    return counts


def _oversee(user: User, places: list[Community], actor: Any) -> int:
    locked = Community.objects.select_for_update().filter(pk__in=[place.pk for place in places]).order_by("pk")
    found = list(locked)
    assign_perm(OVERSEE["community"], user, found)
    record(actor, "user.jurisdiction", user, before=[], after=[str(place) for place in found])
    return len(found)


def undo_users(batch: Batch, to: Destination) -> dict[str, Any]:
    """Delete the users of a batch while nobody has used or changed them; `Refusal` says how many have been."""
    made = batch.options.get(MADE, [])
    users = User.objects.filter(pk__in=made)
    signed = users.select_for_update().filter(last_login__isnull=False)
    if found := len(signed):
        raise Refusal(f"不能撤销该批次：其中 {found} 个用户已登录过")
    since = Record.objects.filter(target_type="accounts.user", target_id__in=made, at__gt=batch.committed_at)
    touched = since.exclude(event__startswith="login.").order_by().values("target_id").distinct().count()
    if touched:
        raise Refusal(f"不能撤销该批次：其中 {touched} 个用户已被修改或重置过密码")
    count = users.count()
    try:
        with transaction.atomic():
            users.delete()
    except ProtectedError as error:
        raise Refusal("不能撤销该批次：其中有用户已有业务数据") from error
    record(to.actor, "user.import_undo", batch, after={MADE: count}, office_id=batch.office_id)
    return {MADE: count}
