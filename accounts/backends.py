"""Rights come from enabled roles; nothing else gives them."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import User


class RoleBackend(BaseBackend):
    """Answers `has_perm` from the user's enabled roles. Signing in itself is `accounts.services`' work."""

    def get_user(self, user_id: int) -> Any:
        return User.objects.select_related("office__company", "guard").filter(pk=user_id).first()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        return set().union(*(held for _role, held in user_obj.active_roles))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(held.startswith(f"{app_label}.") for held in self.get_all_permissions(user_obj))
