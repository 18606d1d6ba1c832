"""The back office under /admin/: Django's admin, held to the same scope, masks and services as the pages."""

from heating.kit.backoffice.base import BackOfficeAdmin
from heating.kit.backoffice.service import ServiceAdmin, ServiceForm

__all__ = ["BackOfficeAdmin", "ServiceAdmin", "ServiceForm"]
