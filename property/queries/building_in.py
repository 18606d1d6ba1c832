"""Where somebody may put a new 小区."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import DataScope, User
from org.models import Office

ADD = "property.add_community"


def offices_to_build_in(user: User) -> Any:
    """Return the offices in the scope of adding 小区, and for whoever has a 辖区 instead of offices his own.

    物业管理员 add 小区 too (manual §2.3), and a 辖区 holds no office.
    """
    condition = Q(pk__in=Office.objects.visible_to(user, ADD).order_by().values("pk"))
    if any(role.scope == DataScope.JURISDICTION and ADD in held for role, held in user.active_roles):
        condition |= Q(pk=user.office_id)
    return Office.objects.filter(condition, active=True)
