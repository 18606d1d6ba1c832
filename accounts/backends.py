"""The authentication backend: permissions come from the enabled roles of a user, and from nothing else."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from org.models import Parameter
from org.parameters import KEYS

POLICY = "强制动态口令登录"


class RoleBackend(BaseBackend):
    """Answers `has_perm` from the user's enabled roles. Signing in itself is `accounts.services`' work."""

    def get_user(self, user_id: int) -> Any:
        # All that every request asks about a person, in one query (accounts.middleware).
        set_by_company = Parameter.objects.filter(company_id=OuterRef("office__company_id"), key=POLICY)
        policy = Coalesce(Subquery(set_by_company.values("value")[:1]), Value(KEYS[POLICY].default))
        people = User.objects.select_related("office__company", "authenticator")
        return people.annotate(second_factor_policy=policy).filter(pk=user_id).first()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        # Nobody who is not signed in is active either.
        if not user_obj.is_active or obj is not None:
            return set()
        return set().union(*(held for _role, held in user_obj.active_roles))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(held.startswith(f"{app_label}.") for held in self.get_all_permissions(user_obj))
