"""业主变更: details, 优抚 and document of an owner."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from billing.approvals.priced import PricedChange
from heating.kit.encryption import fingerprints
from property.models import Owner
from property.services.changes import Field, Values, day
from property.services.owners import sealed
from property.states import OwnerKind, Relief

RELIEF = dict(Relief.choices)
RELIEF_DAYS = {
    "relief_from": Field("优抚有效期起", "owner", "relief_from", day, "relief"),
    "relief_to": Field("优抚有效期止", "owner", "relief_to", day, "relief"),
}
DOCUMENT = ("id_kind", "id_no", "clear_id")


class OwnerChange(PricedChange):
    """Other details of an owner; the orders of all their rooms follow the relief."""

    code, label = "owner", "业主变更"
    target, ask_permission = Owner, "property.request_owner_change"
    fields = {
        "name": Field("用户姓名", "owner", "name"),
        "phone": Field("联系电话", "owner", "phone"),
        "phone2": Field("备用电话", "owner", "phone2"),
        "kind": Field("用户类型", "owner", "kind", words=dict(OwnerKind.choices)),
        "relief": Field("优抚类型", "owner", "relief", fact="relief", words=RELIEF),
        **RELIEF_DAYS,
        "id_kind": Field("证件类型", "owner", "id_kind"),
        "id_tail": Field("证件号码（尾号）", "owner", "id_tail"),
        "id_cipher": Field("", "owner", "id_cipher"),
        "id_hash": Field("", "owner", "id_hash"),
        "org_name": Field("单位名称", "owner", "org_name"),
        "tax_no": Field("税号", "owner", "tax_no"),
        "owner_note": Field("备注", "owner", "note"),
    }

    def wanted(self, target: Any, data: Values, *, kept: Values, actor: User) -> Values:
        """Return the columns that the form asks for.

        A document number is never shown, so an empty one changes nothing (`kept`: what the request asked before)
        unless 清除证件号码 is ticked.
        """
        wanted = {name: value for name, value in data.items() if name not in DOCUMENT}
        if "note" in wanted:
            wanted["owner_note"] = wanted.pop("note")
        number, kind = data.get("id_no", ""), data.get("id_kind") or target.id_kind
        if data.get("clear_id"):
            wanted |= sealed("", "")
        elif number and target.id_hash not in fingerprints(number):
            wanted |= sealed(kind, number)
        elif "id_cipher" in kept and not number:
            wanted |= {name: value for name, value in kept.items() if name.startswith("id_")}
        elif target.id_hash:
            wanted["id_kind"] = kind
        return wanted
