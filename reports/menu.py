"""首页 and 报表统计 in the menu: one entry a statement."""

from heating.kit.menu import Entry
from reports.catalog import CATALOG

MENU = (
    Entry("首页", "首页", "reports:home", "", 0),
    *(Entry("报表统计", r.title, f"reports:{r.code}", r.permission, r.order) for r in CATALOG),
)
