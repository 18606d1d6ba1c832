"""404, 403, 400, 500 as Chinese pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PROBLEMS = {
    400: ("请求有误", "请求内容无法识别，请返回后重试。"),
    403: ("没有权限", "您的角色没有打开此页面或执行此操作的权限，如有需要请联系系统管理员。"),
    404: ("没有找到", "页面不存在，或者不在您的数据范围内。"),
    500: ("系统出错", "系统处理时出错，操作没有完成。请稍后重试，或联系系统管理员。"),
}


def problem(request: HttpRequest, code: int) -> HttpResponse:
    """Show one of the problems as a page."""
    title, sentence = PROBLEMS[code]
    return render(request, "problem.html", {"code": code, "title": title, "sentence": sentence}, status=code)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem(request, 400)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(request, 403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(request, 500)
