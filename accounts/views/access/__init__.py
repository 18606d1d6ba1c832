"""权限查询: why somebody sees a thing, or does not."""

from accounts.views.access.pages import AccessOfUser, AccessPage

__all__ = ["AccessOfUser", "AccessPage"]
