"""What the administrator is told about the machine under the product."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import django
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from heating.audit.models import Record
from heating.health import ENOUGH, disk_free, workers_alive
from heating.jobs.models import Job
from heating.jobs.states import JobState

GIB = 2**30
STALE_BACKUP = timedelta(hours=26)
# With fewer people one address proves nothing.
PEOPLE = 3
SINCE = timedelta(days=7)


@dataclass(frozen=True)
class Fact:
    """One line of the page; `warning` says what to do about it."""

    label: str
    text: str
    warning: str = ""


def facts(now: datetime) -> dict[str, list[Fact]]:
    """Return the sections of 系统状态."""
    return {
        "运行": [versions(), server(), *work(now), addresses(now)],
        "数据": [disk(), backups(now), nightly_check(now), sessions(now)],
    }


def versions() -> Fact:
    text = f"Python {platform.python_version()}，Django {django.__version__}，{settings.MODE} 模式"
    return Fact("版本", text)


def server() -> Fact:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return Fact("数据库", f"PostgreSQL {version}，{size / GIB:.2f} GB")


def work(now: datetime) -> list[Fact]:
    alive = workers_alive()
    oldest = Job.objects.filter(state=JobState.QUEUED, run_at__lte=now).order_by("run_at").first()
    late = oldest is not None and now - oldest.run_at > timedelta(minutes=10)
    waiting = f"{minutes(now - oldest.run_at)}前到期的“{oldest.title}”还未开始" if oldest else "没有等待的任务"
    return [
        Fact("后台任务进程", f"{alive} 个", "" if alive else "没有 worker 在运行，导入和夜间任务不会进行"),
        Fact("任务队列", waiting, "任务等待过久，请查看 worker 的日志" if late else ""),
    ]


def addresses(now: datetime) -> Fact:
    """Notice a proxy that nobody named: every person then seems to come from its address."""
    seen = Record.objects.filter(event="login.ok", at__gt=now - SINCE).values_list("address", "actor_id").distinct()
    rows = list(seen[:1000])
    places, people = {address for address, _ in rows}, {actor for _, actor in rows}
    warning = ""
    if len(places) == 1 and len(people) >= PEOPLE:
        warning = (
            f"近 7 天 {len(people)} 人的登录都来自同一个地址 {places.pop()}：如果它是反向代理，"
            "请设置 TRUSTED_PROXIES，否则任何人连续输错密码都会使所有人十分钟内不能登录"
        )
        return Fact("登录地址", "全部相同", warning)
    return Fact("登录地址", f"近 7 天 {len(places)} 个地址")


def disk() -> Fact:
    free = disk_free()
    return Fact("磁盘", f"数据目录可用 {free / GIB:.1f} GB", "磁盘将满，请清理或扩容" if free < 10 * ENOUGH else "")


def backups(now: datetime) -> Fact:
    """Say what stands in BACKUP_FOLDER; a backup elsewhere is not seen."""
    if not settings.BACKUP_FOLDER:
        return Fact("备份", "未设置 BACKUP_FOLDER，看不到备份")
    try:
        files = [path.stat() for path in Path(settings.BACKUP_FOLDER).iterdir() if path.is_file()]
    except OSError as problem:
        return Fact("备份", settings.BACKUP_FOLDER, f"目录无法读取：{problem.strerror}")
    if not files:
        return Fact("备份", settings.BACKUP_FOLDER, "目录中没有备份")
    last = max(files, key=lambda found: found.st_mtime)
    made = datetime.fromtimestamp(last.st_mtime, tz=timezone.get_current_timezone())
    text = f"最近一次 {made:%Y-%m-%d %H:%M}，{last.st_size / 2**20:.1f} MB，共 {len(files)} 个"
    return Fact("备份", text, "超过一天没有新的备份" if now - made > STALE_BACKUP else "")


def nightly_check(now: datetime) -> Fact:
    last = Job.objects.filter(kind="reports.check_books").exclude(finished_at=None).order_by("-finished_at").first()
    if last is None:
        return Fact("夜间账务检查", "尚未进行")
    at = f"{timezone.localtime(last.finished_at):%Y-%m-%d %H:%M}"
    broken = (last.result or {}).get("broken") or {}
    if last.state != JobState.DONE:
        return Fact("夜间账务检查", at, "检查没有完成，请查看后台任务")
    return Fact("夜间账务检查", f"{at}，{'有不符' if broken else '全部正确'}", "、".join(broken) if broken else "")


def sessions(now: datetime) -> Fact:
    return Fact("登录会话", f"{Session.objects.filter(expire_date__gt=now).count()} 个有效")


def minutes(span: timedelta) -> str:
    return f"{span.total_seconds() // 60:.0f} 分钟"
