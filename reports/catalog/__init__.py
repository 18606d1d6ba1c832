"""All statements; a file in this folder that is not listed here is an error (tests/house)."""

from reports.base import Report
from reports.catalog.channels import Channels
from reports.catalog.communities import Communities

CATALOG: tuple[Report, ...] = (Channels(), Communities())
