"""404, 403, 400, 413, 500 and 503 as Chinese pages."""

import errno
import sys
from logging import LogRecord
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from heating.kit.db_errors import database_away, database_behind

PROBLEMS = {
    400: ("请求有误", "请求内容无法识别，请返回后重试。"),
    403: ("没有权限", "您的角色没有打开此页面或执行此操作的权限，如有需要请联系系统管理员。"),
    404: ("没有找到", "页面不存在，或者不在您的数据范围内。"),
    413: ("内容过大", "提交的内容超过允许的大小，操作没有完成。"),
    500: ("系统出错", "系统处理时出错，操作没有完成。请稍后重试，或联系系统管理员。"),
    507: ("磁盘空间不足", "服务器磁盘空间不足，文件没有保存，操作没有完成。请联系系统管理员清理磁盘后重试。"),
    503: ("系统暂时不可用", "数据库暂时无法连接。请稍候几秒，再打开同一页面；已经显示成功的操作不受影响。"),
}
# The answer may have been lost after the database had committed.
UNCERTAIN = (
    "数据库暂时无法连接，操作可能已经完成，也可能没有完成。请稍候几秒，在本页刷新并重新提交（F5），不要另开新页重做："
    "从原页面重新提交的收款不会重复入账。已经显示成功的操作不受影响。"
)
# While server and database work, the page of an error keeps the menu.
WITH_MENU = {403, 404}
RETRY_AFTER = 5  # seconds


def problem(request: HttpRequest, code: int) -> HttpResponse:
    """Show one of the problems as a page."""
    title, sentence = PROBLEMS[code]
    if code == 503 and request.method not in ("GET", "HEAD"):
        sentence = UNCERTAIN
    context = {"code": code, "title": title, "sentence": sentence}
    if code in WITH_MENU and getattr(request, "user", None) and request.user.is_authenticated:
        page = render_to_string("problem_inside.html", context, request=request)
    else:
        # Without the request: what stands around a page is read from a database that may be away.
        page = render_to_string("problem.html", context)
    response = HttpResponse(page, status=code)
    add_never_cache_headers(response)
    if code == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    """Say 503 when a session could not be saved for want of a database, 413 for too much, else 400."""
    if database_behind(exception):
        return problem(request, 503)
    return problem(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(request, 403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say 503 while the database is away, so that people and gateways come again, 507 on a full disk; else 500."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return problem(request, 507)
    return problem(request, 503 if database_away(error) else 500)


def brief_outages(record: LogRecord) -> bool:
    """Log one line with the reason, not a hundred, for each request that found no database."""
    if record.exc_info and database_away(record.exc_info[1]):
        reason = " ".join(str(record.exc_info[1]).split())
        record.msg, record.args = f"database away: {record.getMessage()}: {reason}", None
        record.exc_info = None
    return True
