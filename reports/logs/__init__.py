"""操作日志 and 登录日志: the audit trail as a person reads it."""

from reports.logs.lists import LoginList, LogList
from reports.logs.views import LogDetail

__all__ = ["LogDetail", "LogList", "LoginList"]
