"""The writers of the audit: records of what was done, and the seals over money and records."""

from heating.audit.services.records import record
from heating.audit.services.seals import seal_rows

__all__ = ["record", "seal_rows"]
