"""What every page shows around its content: menu, site, season, bells."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.rules import idle_limit
from billing.models import Season
from heating.jobs.models import Job
from heating.kit.menu import menu_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the menu and the top bar of a signed-in person."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "top": {"site": "", "season": "", "links": []}}
    company_id = user.office.company_id if user.office else None
    season = Season.objects.current(company_id) if company_id else None
    news = Job.objects.news_for(user).count()
    label = f"后台任务（{news} 个已结束）" if news else "后台任务"
    links = [{"label": label, "url": reverse("jobs:job-list"), "icon": "bell", "count": news}]
    if user.is_staff:
        links.append({"label": "系统后台", "url": reverse("admin:index"), "icon": "server-cog", "count": 0})
    top = {
        "site": str(user.office or ""),
        "season": str(season or ""),
        "links": links,
        "columns_url": reverse("accounts:columns"),
        "alive_url": reverse("accounts:alive"),
        "idle": int(idle_limit(user.get_all_permissions()).total_seconds()),
    }
    return {"menu": menu_for(user, request.path, belongs_to(request)), "top": top}


def belongs_to(request: HttpRequest) -> str:
    """Return the URL name of the menu entry that the asked page names as its own, or nothing."""
    match = request.resolver_match
    return getattr(getattr(match.func, "view_class", None), "menu_entry", "") if match else ""
