"""Change requests of owners and rooms: what a kind of change is, asking for one, and editing what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from heating.approvals.rules import Effect
from heating.approvals.services.decisions import KINDS, ApprovalKind, dry_run, look
from heating.approvals.states import ApprovalState, approval_flow
from heating.audit.history import sign_history
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.privacy import mask
from property.models import ChangeRequest, Owner, Room
from property.services.attachments import Kept, attach, keeping

Values = dict[str, Any]


def words(text: str | None) -> str:
    return text or ""


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def text_of(value: Any) -> str | None:
    """Return a value as a request keeps it; nothing is None."""
    return None if value is None or value == "" else str(value)


@dataclass(frozen=True)
class Field:
    """One field that a request may change.

    `on` is "owner" or "room" and `column` its column there; a field on neither is applied by its kind alone. A field
    without a label is never shown. `fact` names what the price of an order takes from it, `words` the codes in words.
    """

    label: str
    on: str = "room"
    column: str = ""
    parse: Callable[[str | None], Any] = words
    fact: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    spell: Callable[[Any], str] | None = None

    def read(self, target: Owner | Room) -> Any:
        """Return the value in force of an owner's or room's field."""
        owner = target.owner if isinstance(target, Room) and self.on == "owner" else target
        return getattr(owner, self.column)

    def same(self, one: str | None, other: str | None) -> bool:
        """Say whether two kept texts mean the same value, however they are written (90 = 90.00)."""
        return bool(self.parse(text_of(one)) == self.parse(text_of(other)))

    def text(self, value: Any) -> str:
        """Return a kept value in words; nothing is a dash."""
        if self.spell and value:
            return self.spell(value)
        return str(self.words.get(value, value or "—"))


class Change(ApprovalKind[ChangeRequest]):
    """One kind of change of an owner or a room: a subclass names its fields, and checks and follows up where needed."""

    model = ChangeRequest
    fields: ClassVar[Mapping[str, Field]] = {}
    # Whose page asks for it.
    target: ClassVar[type[Owner] | type[Room]] = Room
    ask_permission: ClassVar[str] = "property.request_room_change"
    # What is said when another row has the unique value already, and beside which field.
    taken: ClassVar[tuple[str, str]] = ("变更后的业主姓名和电话已属另一位业主", "")
    # Whether it takes effect on a day of its own.
    dated: ClassVar[bool] = False
    # Other kinds of which none may wait for the same room.
    rivals: ClassVar[tuple[str, ...]] = ()

    def wanted(self, target: Any, data: Values, *, kept: Values, actor: User) -> Values:
        """Return the wanted values by field; `data` is what a form gave, `kept` what the request asked before."""
        return data

    def check(self, row: ChangeRequest, owner: Owner, room: Room | None) -> None:
        """Refuse what must not be, before anything is written."""

    def follow(
        self, row: ChangeRequest, owner: Owner, room: Room | None, facts: set[str], *, on: date, actor: User
    ) -> None:
        """Bring what depends on the fields after them, once they are written; `facts` are those that changed."""

    def remarks(self, row: ChangeRequest) -> list[tuple[str, str, str]]:
        """Return further lines (label, before, after) for the page: what the options mean."""
        return []

    def changes_owner(self, row: ChangeRequest) -> bool:
        """Say whether the request changes the owner, and so all the owner's rooms."""
        return any(self.field_of(name).on == "owner" for name in row.after)

    def seen(self, row: ChangeRequest) -> list[Any]:
        """Values, options, day, reason and attachments."""
        files = list(row.attachments.order_by("id").values_list("name", "sha256"))
        return [row.before, row.after, row.options, str(row.effective_on), row.reason, files]

    def apply(self, row: ChangeRequest, *, on: date, actor: User) -> None:
        """Write the wanted values; `Refusal` when a value is no longer what it was when the request was made."""
        owner, room = self.locked(row, actor)
        self.refuse_stale(row, owner, room)
        self.check(row, owner, room)
        facts = self.write(row, owner, room)
        self.follow(row, owner, room, facts, on=on, actor=actor)

    def locked(self, row: ChangeRequest, actor: User) -> tuple[Owner, Room | None]:
        """Return owner and room locked; what is written from here on is signed with the number of the request."""
        sign_history(actor, request=row.number)
        room = None
        if row.room_id:
            rows = Room.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
            room = rows.get(pk=row.room_id)
        owner = Owner.objects.select_for_update(no_key=True).get(pk=room.owner_id if room else row.owner_id)
        return owner, room

    def refuse_stale(self, row: ChangeRequest, owner: Owner, room: Room | None) -> None:
        """What the approver sees as old must be what is old; what is already as wanted is fine."""
        for name, value in row.after.items():
            change = self.fields.get(name)
            if change is None or (change.on == "room" and room is None):
                raise Refusal("该申请含有不能识别的内容，请驳回后重新申请")
            if not change.on:
                continue
            now = text_of(getattr(owner if change.on == "owner" else room, change.column))
            if not change.same(now, row.before.get(name)) and not change.same(now, value):
                raise Refusal(f"{change.label or '证件号码'}在申请之后已变更，请编辑或驳回后重新申请")

    def write(self, row: ChangeRequest, owner: Owner, room: Room | None) -> set[str]:
        """Set the fields; return the facts of the price that changed."""
        facts: set[str] = set()
        touched: dict[str, set[str]] = {"owner": set(), "room": set()}
        for name, value in row.after.items():
            change = self.fields[name]
            if change.on:
                setattr(owner if change.on == "owner" else room, change.column, change.parse(text_of(value)))
                touched[change.on].add(change.column)
                facts |= {change.fact} - {""}
        try:
            with transaction.atomic():
                if touched["owner"]:
                    owner.save(update_fields=sorted(touched["owner"]))
                if touched["room"] and room is not None:
                    room.save(update_fields=sorted(touched["room"]))
        except IntegrityError as error:
            raise Refusal(self.taken[0], field=self.taken[1] or None) from error
        return facts

    def compare(self, row: ChangeRequest, target: Any, wanted: Values) -> None:
        """Set old and new values of what differs; `Refusal` when nothing does. What no column holds stays as asked."""
        kept = [{n: v for n, v in values.items() if n in self.fields and not self.fields[n].on}
                for values in (row.before or {}, row.after or {})]  # fmt: skip
        texts = {name: text_of(value) for name, value in wanted.items()}
        now = {name: text_of(self.fields[name].read(target)) for name in texts}
        changed = {name: value for name, value in texts.items() if not self.fields[name].same(value, now[name])}
        if not changed and not kept[1]:
            raise Refusal("没有任何变化，无需提交")
        row.before, row.after = {name: now[name] for name in changed} | kept[0], changed | kept[1]

    def readable(self, values: Values, *, sensitive: bool = False) -> Values:
        """Return old or new values as they may be read, in the order of the fields.

        Phones masked unless `sensitive`, fields without a label left out. PostgreSQL keeps names sorted by length.
        """
        order = [name for name in (*self.fields, *values) if name in values]
        shown = {name: values[name] for name in order if name not in self.fields or self.fields[name].label}
        return {
            name: mask(str(value or "")) if "phone" in name and not sensitive else value
            for name, value in shown.items()
        }

    def labels(self, values: Values, *, sensitive: bool = False) -> dict[str, str]:
        """Return label → value in words, as they may be read."""
        readable = self.readable(values, sensitive=sensitive)
        return {self.label_of(name): self.field_of(name).text(value) for name, value in readable.items()}

    def readable_labels(self, values: Values) -> list[str]:
        """Return what the changed fields are called."""
        return [self.label_of(name) for name in self.readable(values)]

    def field_of(self, name: str) -> Field:
        return self.fields.get(name) or Field(name)

    def label_of(self, name: str) -> str:
        """Return what a wanted change is called."""
        return self.field_of(name).label


def change_kinds() -> list[Change]:
    """Return the registered kinds of change requests."""
    return [kind for kind in KINDS.values() if isinstance(kind, Change)]


def change_of(row: ChangeRequest) -> Change:
    """Return the kind of a request; one that this version does not know has no fields and cannot be applied."""
    kind = KINDS.get(row.kind)
    return kind if isinstance(kind, Change) else Change()


def request_number(on: date) -> str:
    """Take the next number of a request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('property_change_number')")
        return f"BG{on:%Y%m%d}{cursor.fetchone()[0]:06d}"


def request_change(
    code: str,
    pk: int,
    after: Values,
    *,
    reason: str,
    actor: User,
    on: date,
    options: Values | None = None,
    effective_on: date | None = None,
    files: Iterable[Any] = (),
) -> ChangeRequest:
    """Ask for a change of kind `code` of an owner or a room (id); a 过户 may take effect on a later day.

    `Refusal` when nothing differs, when another request waits, and for what could not be applied now.
    """
    kind = KINDS[code]
    assert isinstance(kind, Change)
    with keeping(files) as kept, transaction.atomic():
        target: Any = kind.target.objects.visible_to(actor, kind.ask_permission).get(pk=pk)
        row = ChangeRequest(kind=code, reason=reason, options=options or {}, effective_on=effective_on or on)
        row.aim_at(target)
        row.submitted_by_id, row.number = actor.pk, request_number(on)
        kind.compare(row, target, kind.wanted(target, after, kept={}, actor=actor))
        _save(row, kind, kept, on=on, actor=actor)
        old, new = kind.readable(row.before), kind.readable(row.after)
        record(actor, "change.submit", row, before=old, after=new, note=reason)
        return row


def _save(row: ChangeRequest, kind: Change, kept: list[Kept], *, on: date, actor: User) -> None:
    """Store the request with its files; what cannot be applied is refused now, not by the approver."""
    rivals = ChangeRequest.objects.filter(room=row.room_id, kind__in=kind.rivals, state=ApprovalState.PENDING)
    if kind.rivals and rivals.exists():
        raise Refusal("已有待审批的变更申请，请等待审批或先撤回")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refusal("已有待审批的变更申请，请等待审批或先撤回") from error
    attach(row, kept, actor=actor)
    dry_run(row, on=on, actor=actor)


def edit_change(
    pk: int,
    after: Values,
    *,
    reason: str,
    actor: User,
    on: date,
    now: datetime,
    options: Values | None = None,
    effective_on: date | None = None,
    files: Iterable[Any] = (),
) -> ChangeRequest:
    """Change what a waiting request asks for, or submit a rejected or withdrawn one again under its number.

    Whoever edits it cannot approve it, and what an approver has seen before counts no more.
    """
    with keeping(files) as kept, transaction.atomic():
        found = ChangeRequest.objects.get(pk=pk)
        row = ChangeRequest.objects.visible_to(actor, found.ask_permission).locked(pk)
        kind, target = change_of(row), row.room or row.owner
        step = "edit" if row.state == ApprovalState.PENDING else "submit"
        state, row.state = row.state, approval_flow.next(step, row.state)
        old = kind.readable(row.after)
        kind.compare(row, target, kind.wanted(target, after, kept=row.after, actor=actor))
        row.reason, row.options, row.effective_on = reason, options or {}, effective_on or on
        if step == "submit":
            row.submitted_at, row.decided_by, row.decided_at, row.decision_note = now, None, None, ""
        row.mark_edited(actor)
        _save(row, kind, kept, on=on, actor=actor)
        new = {"state": row.state, **kind.readable(row.after)}
        record(actor, f"change.{step}", row, before={"state": state, **old}, after=new, note=reason)
        return row


def effect(pk: int, *, on: date, actor: User) -> tuple[Effect, str]:
    """Return what approval would do to orders and 预存款, and the hash of what is seen; nothing is written."""
    return look(ChangeRequest.objects.visible_to(actor, ChangeRequest.view_permission).get(pk=pk), on=on, actor=actor)
