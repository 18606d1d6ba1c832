"""停用 and 启用 of a place: not while it still has contracts of a season that is not over."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from billing.services.moves import living_contracts
from heating.kit.errors import Refusal
from property.services.places import VERB
from property.services.places import switch_place as switch


@transaction.atomic
def switch_place(model: type[Any], pk: int, *, actor: User) -> Any:
    """停用 a place, or 启用 it again; `Refusal` with the number of contracts that would still be billed there.

    Money that is open does not keep it: old bills stay in every list and at the till.
    """
    place = model.objects.visible_to(actor, VERB[model]).get(pk=pk)
    count = living_contracts(place).count() if place.active else 0
    if count:
        raise Refusal(f"“{place}”还有 {count} 份未结束采暖季的签约，请先终止签约，再停用")
    return switch(model, pk, actor=actor)
