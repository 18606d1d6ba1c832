"""首页 by role: to-dos, today's takings, 收缴率, and a newcomer's check-list while the company is empty."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import User
from billing.models import Order, Product, Season
from heating.kit.money import ZERO
from heating.kit.pages import Page, StaffRequest
from org.models import Office
from payments.models import Payment
from payments.states import CHANNEL_LABELS
from property.models import Room
from reports.admin_home import duties
from reports.inbox import address_of, todos

FIRST_STEPS = (
    ("建机构：站点与部门", "org:office-list", "org.add_office"),
    ("建产品：热力费标准", "billing:product-list", "billing.add_product"),
    ("导入户室", "property:room-import", "property.import_room"),
    ("收费", "payments:counter", "payments.take_payment"),
)


class HomePage(Page):
    """What each role wants to see first."""

    title = "首页"
    template = "reports/home.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        user = request.user
        parts = {
            "todos": todos(user),
            "takings": takings(user),
            "season": season_figures(user),
            "steps": first_steps(user),
            **duties(user, now=timezone.now()),
        }
        no_role, may = not user.active_roles, bool(user.get_all_permissions())
        return self.show(
            **parts,
            no_role=no_role and not user.groups.exists(),
            roles_off=no_role and user.groups.exists(),
            no_menu=not no_role and not may,
            nothing_here=may and not any(parts.values()),
        )


def takings(user: User) -> dict[str, Any] | None:
    """Return today's payments by channel, for those who may see payments."""
    if not user.has_perm("payments.view_payment"):
        return None
    today = Payment.objects.visible_to(user, "payments.view_payment").succeeded().filter(on=timezone.localdate())
    rows = today.order_by().values("channel").annotate(count=Count("pk"), amount=Sum("amount"))
    listed = [{"channel": CHANNEL_LABELS[r["channel"]], "count": r["count"], "amount": r["amount"]} for r in rows]
    return {"rows": listed, "total": sum((r["amount"] for r in listed), ZERO), "count": sum(r["count"] for r in listed)}


def season_figures(user: User) -> dict[str, Any] | None:
    """Return 应缴, 已缴, 欠费 and 收缴率 of the current season, for those who may see statements."""
    season = Season.objects.current(user.office.company_id) if user.office else None
    if season is None or not user.has_perm("reports.view_statement"):
        return None
    orders = Order.objects.visible_to(user, "reports.view_statement").alive().filter(season=season)
    sums = orders.order_by().aggregate(
        principal=Sum("principal", default=ZERO), paid=Sum("paid", default=ZERO), orders=Count("pk")
    )
    rate = sums["paid"] / sums["principal"] if sums["principal"] else Decimal(0)
    return {"season": season, "arrears": sums["principal"] - sums["paid"], "rate": rate * 100, **sums}


def first_steps(user: User) -> list[tuple[str, bool, str]]:
    """Return the newcomer's steps (words, done, address) until the first money is in; empty afterwards.

    For whoever builds the company up; a step that is another's to do has no address.
    """
    company = user.office.company_id if user.office else None
    if company is None or not (user.has_perm("property.import_room") or user.has_perm("org.add_office")):
        return []
    if Payment.objects.filter(company_id=company).exists():
        return []
    done = (
        Office.objects.filter(company_id=company).count() > 1,
        Product.objects.filter(company_id=company).exists(),
        Room.objects.filter(company_id=company).exists(),
        False,
    )
    return [
        (words, there, address_of(url) if user.has_perm(permission) else "")
        for (words, url, permission), there in zip(FIRST_STEPS, done, strict=True)
    ]
