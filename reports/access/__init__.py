"""权限查询: why somebody sees a thing, or does not."""

from reports.access.pages import AccessOfUser, AccessPage

__all__ = ["AccessOfUser", "AccessPage"]
