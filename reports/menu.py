"""首页 and 报表统计 in the menu: one entry a statement."""

from heating.kit.menu import Entry
from reports.catalog import CATALOG

MENU = (
    Entry("首页", "首页", "reports:home", "", 0),
    Entry("系统设置", "操作日志", "reports:log-list", "audit.view_record", 60),
    Entry("系统设置", "登录日志", "reports:login-list", "accounts.view_loginlog", 70),
    Entry("系统设置", "账务检查", "reports:books", "reports.check_books", 80),
    *(Entry("报表统计", r.title, f"reports:{r.code}", r.permission, r.order) for r in CATALOG),
)
