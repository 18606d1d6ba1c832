"""What the web server itself answers, and where its processes add up their numbers. No Django here."""

from __future__ import annotations

import os
from pathlib import Path

METRICS = Path(os.environ.get("HEATING_VAR", Path(__file__).resolve().parent.parent / "var")).resolve() / "metrics"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
WORDS = {400: "请求有误", 414: "网址过长", 431: "请求头过大", 500: "系统出错", 501: "不支持的请求"}


def refusal(status: int, reason: str) -> bytes:
    """Return the whole answer to a request that never reached the product."""
    title = WORDS.get(int(status), "请求有误")
    page = f'<!DOCTYPE html><html lang="zh-hans"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1></html>'
    body = page.encode()
    head = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {text}" for name, text in (head | HEADERS).items()]
    return "\r\n".join([f"HTTP/1.1 {int(status)} {reason}", *lines, "", ""]).encode("latin-1") + body
