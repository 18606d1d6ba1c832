"""The check of a 用户导入 file; offices, roles and 辖区 are found by name in the importer's scope. Writes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models.functions import Lower

from accounts.models import DataScope, Role, User
from accounts.rules import login_key
from accounts.services.bulk_create import VERB, NewUser, check_new_user
from heating.kit import normal
from heating.kit.errors import Refusal
from heating.kit.intake import Field, Result, Sheet, Template, read_sheet
from heating.kit.intake.importing import Destination
from heating.kit.intake.sheet import duplicates
from heating.kit.normal import Read, Value
from heating.kit.normal.phones import MOBILE
from heating.kit.workbook import WorkbookRefusal, read_table
from org.models import Office
from property.models import Community

OFFICE, LOGIN, NAME, PHONE, ROLES, OVERSEEN = "机构", "登录名", "姓名", "手机", "角色", "辖区小区"
MOST = 2_000
LOGIN_NAME = re.compile(r"[A-Za-z0-9_.@-]{2,40}")
SEVERAL = re.compile(r"[、,，;；\n]+")
LEVELS = re.compile(r"[/／>＞]")


def login(cell: Value) -> str | Read | None:
    """A login name as the form takes it."""
    text = normal.identifier(cell)
    return text if not isinstance(text, str) or LOGIN_NAME.fullmatch(text) else Read(error="login_invalid")


def mobile(cell: Value) -> str | Read | None:
    """One mobile number; nothing else reaches a member of the staff."""
    found = normal.phone(cell)
    return (
        found if found is None or (isinstance(found, str) and MOBILE.fullmatch(found)) else Read("", "mobile_invalid")
    )


TEMPLATE = Template(
    "用户导入",
    (
        Field(OFFICE, partial(normal.name, limit=200), required=True, example="东城收费站/收费组"),
        Field(LOGIN, login, required=True, example="zhangsan"),
        Field(NAME, partial(normal.name, limit=40), required=True, example="张三"),
        Field(PHONE, mobile, required=True, example="13800000000"),
        Field(ROLES, partial(normal.note, limit=500), required=True, example="收费员、收费员（本站办理）"),
        Field(OVERSEEN, partial(normal.note, limit=2000), example="阳光小区、和平小区"),
    ),
    key=LOGIN,
)


def check_user_file(path: Path, to: Destination) -> Result:
    """Check a file and write nothing; `WorkbookRefusal` when it cannot be taken at all."""
    table = read_table(path, names=TEMPLATE.names, required=TEMPLATE.required)
    sheet = read_sheet(TEMPLATE, table)
    if len(sheet.data_rows) > MOST:
        raise WorkbookRefusal("too_many_users")
    result = Result(sheet, sheet.errors, sheet.warnings)
    _logins(sheet)
    finder = Finder(to)
    for row in sheet.data_rows:
        if row not in sheet.errors:
            finder.judge(sheet, row)
    return result


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
            offices, roles, places = (rows.visible_to(to.actor, VERB) for rows in (offices, roles, places))
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
        overseeing = any(role.scope == DataScope.JURISDICTION for role in new_user.roles)
        if overseeing != bool(places):
            sheet.warn(row, "overseen_missing" if overseeing else "overseen_idle", OVERSEEN)

    def read(self, sheet: Sheet, row: int) -> tuple[NewUser, list[Community]]:
        """Return the user of a row and his 辖区; `Unknown` when a word means nothing, or too much."""
        said = {name: sheet.values[name][row] or "" for name in TEMPLATE.names}
        office = self._office(said[OFFICE])
        roles = tuple(dict.fromkeys(self._role(word, office) for word in _words(said[ROLES])))
        places = [self._place(word, office) for word in dict.fromkeys(_words(said[OVERSEEN]))]
        return NewUser(office, said[LOGIN], said[NAME], said[PHONE], roles), places

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
