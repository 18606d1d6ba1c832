"""What is owed, in the back office: to look at; 产品 may also be deleted while unused, and go out and in as a workbook.

A product has no form here: its terms are a version of many columns, which a row of `ProductResource` holds and the
services of the product pages check.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest

from billing.models import (
    Allocation,
    BillRun,
    Contract,
    Excess,
    LedgerEntry,
    LedgerGroup,
    Order,
    OrderLine,
    Prepayment,
    PrepaymentEntry,
    Product,
    ProductVersion,
    ReliefRule,
    Season,
    SeasonRollup,
    Unbillable,
)
from billing.product_sheet import ADD, CHANGE, ProductResource
from billing.services.products import delete_product
from billing.states import VersionState
from heating.kit.backoffice import BackOfficeAdmin, ServiceAdmin
from heating.kit.backoffice.transfer import Importing


@admin.register(Season)
class SeasonAdmin(BackOfficeAdmin):
    """Seasons move by their own steps, not by editing."""

    see = "billing.view_season"
    list_display = ("name", "company", "year", "starts_on", "ends_on", "state", "current")
    search_fields = ("name", "company__name")
    list_filter = ("state", "current", "company")


@admin.register(Product)
class ProductAdmin(Importing, ServiceAdmin):
    see, delete_permission = "billing.view_product", "billing.delete_product"
    resource_classes = [ProductResource]
    list_display = ("code", "name", "kind", "office", "season", "active")
    search_fields = ("code", "name")
    list_filter = ("kind", "active", "season", "office")
    ordering, sortable_by = ("-season__year", "code"), None

    def get_export_queryset(self, request: HttpRequest) -> Any:
        counting = ProductVersion.objects.filter(state=VersionState.EFFECTIVE).prefetch_related("relief_rules")
        return (
            super().get_export_queryset(request).prefetch_related(Prefetch("versions", counting, to_attr="effective"))
        )

    def has_import_permission(self, request: HttpRequest) -> bool:
        """By the permissions of the services: there is no form to add or change a product here."""
        return self.has_view_permission(request) and request.user.has_perms((ADD, CHANGE))

    def remove(self, pk: int, *, actor: Any) -> None:
        delete_product(pk, actor=actor)


@admin.register(ProductVersion)
class ProductVersionAdmin(BackOfficeAdmin):
    see = "billing.view_product"
    list_display = ("product", "number", "state", "price", "pay_from", "pay_to", "effective_at")
    search_fields = ("product__code", "product__name")
    list_filter = ("state",)


@admin.register(ReliefRule)
class ReliefRuleAdmin(BackOfficeAdmin):
    see, within = "billing.view_product", "version"
    list_display = ("version", "relief", "method", "value", "window_from", "window_to", "lapse")
    list_select_related = ("version__product",)
    search_fields = ("version__product__code",)


@admin.register(Contract)
class ContractAdmin(BackOfficeAdmin):
    see = "billing.view_contract"
    list_display = ("number", "room", "owner", "product", "season", "state", "submitted_by", "decided_by")
    search_fields = ("number__exact",)
    list_filter = ("state", "source", "season")


@admin.register(Order)
class OrderAdmin(BackOfficeAdmin):
    see = "billing.view_order"
    list_display = ("number", "account_no", "owner_name", "season", "principal", "paid", "due", "state", "office")
    search_fields = ("number__exact", "account_no__exact")
    list_filter = ("state", "season")


@admin.register(OrderLine)
class OrderLineAdmin(BackOfficeAdmin):
    see, within = "billing.view_order", "order"
    list_display = ("order", "label", "text", "sign", "amount")
    search_fields = ("order__number__exact",)


@admin.register(LedgerGroup)
class LedgerGroupAdmin(BackOfficeAdmin):
    see = "billing.view_ledgergroup"
    list_display = ("source", "on", "office", "actor", "at", "note")
    search_fields = ("source__exact",)
    list_filter = ("on",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(BackOfficeAdmin):
    see, within = "billing.view_ledgergroup", "group"
    list_display = ("group", "account", "side", "amount", "order_id", "room_id")
    search_fields = ("group__source__exact",)


@admin.register(Allocation)
class AllocationAdmin(BackOfficeAdmin):
    see = "billing.view_order"
    list_display = ("order", "kind", "direction", "amount", "on", "payment_id")
    search_fields = ("order__number__exact",)


@admin.register(Prepayment)
class PrepaymentAdmin(BackOfficeAdmin):
    see = "billing.view_prepayment"
    list_display = ("room", "balance", "office", "changed_at")
    search_fields = ("room__account_no__exact",)


@admin.register(PrepaymentEntry)
class PrepaymentEntryAdmin(BackOfficeAdmin):
    see, within = "billing.view_prepayment", "prepayment"
    list_display = ("prepayment", "direction", "amount", "on", "note")
    list_select_related = ("prepayment__room",)
    search_fields = ("prepayment__room__account_no__exact",)


@admin.register(Excess)
class ExcessAdmin(BackOfficeAdmin):
    see = "billing.view_excess"
    list_display = ("account_no", "owner_name", "amount", "returned", "on", "reason", "office")
    search_fields = ("account_no__exact", "owner_name__exact")


@admin.register(BillRun)
class BillRunAdmin(BackOfficeAdmin):
    see = "billing.view_billrun"
    list_display = ("id", "company", "season", "on", "orders", "principal", "skipped", "actor", "at")
    search_fields = ("company__name",)


@admin.register(Unbillable)
class UnbillableAdmin(BackOfficeAdmin):
    see, within = "billing.view_billrun", "run"
    list_display = ("run", "contract", "reason")
    list_select_related = ("run__season", "contract")
    search_fields = ("contract__number__exact",)


@admin.register(SeasonRollup)
class SeasonRollupAdmin(BackOfficeAdmin):
    see = "reports.view_statement"
    list_display = ("id", "season_id", "community_id", "building_id", "product_kind", "orders", "principal", "paid")
    search_fields = ("building_id__exact",)
