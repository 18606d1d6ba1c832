"""Money in, in the back office: to look at only."""

from django.contrib import admin

from heating.kit.backoffice import BackOfficeAdmin
from payments.models import Payment, Receipt, ReceiptCounter, ReceiptPrint, Reversal


@admin.register(Payment)
class PaymentAdmin(BackOfficeAdmin):
    see = "payments.view_payment"
    list_display = ("number", "state", "channel", "amount", "account_no", "owner_name", "site", "cashier", "paid_at")
    search_fields = ("number__exact", "account_no__exact", "transaction_id__exact")
    list_filter = ("state", "channel", "on")
    secret = ("client_request_id",)


@admin.register(Receipt)
class ReceiptAdmin(BackOfficeAdmin):
    see = "payments.view_receipt"
    list_display = ("number", "state", "payment", "site", "on", "seq", "void_reason")
    search_fields = ("number__exact", "payment__number__exact")
    list_filter = ("state", "on")
    scrubbed = ("content",)


@admin.register(ReceiptPrint)
class ReceiptPrintAdmin(BackOfficeAdmin):
    see, within = "payments.view_receipt", "receipt"
    list_display = ("id", "receipt", "nth", "paper", "by", "at")
    search_fields = ("receipt__number__exact",)


@admin.register(ReceiptCounter)
class ReceiptCounterAdmin(BackOfficeAdmin):
    see, within = "payments.view_receipt", "site"
    list_display = ("id", "site", "on", "last")
    search_fields = ("site__name",)
    list_filter = ("on",)


@admin.register(Reversal)
class ReversalAdmin(BackOfficeAdmin):
    see = "payments.view_payment"
    list_display = ("id", "payment", "by", "on", "at", "reason")
    search_fields = ("payment__number__exact",)
    list_filter = ("on",)
