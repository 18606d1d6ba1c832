"""What every page shows around its content: menu, site, season, bells."""

from typing import Any

from django.http import HttpRequest

from billing.models import Season
from heating.kit.menu import menu_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the menu and the top bar of a signed-in person."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "top": {"site": "", "season": "", "links": []}}
    company_id = user.office.company_id if user.office else None
    season = Season.objects.current(company_id) if company_id else None
    top = {"site": str(user.office or ""), "season": str(season or ""), "links": []}
    return {"menu": menu_for(user, request.path), "top": top}
