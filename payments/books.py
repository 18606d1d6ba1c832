"""What is sealed of payments: the attempt as it was made, and its settlement together with the receipt."""

from heating.audit.books import SealedTable

PAYMENT = "LEFT JOIN payments_payment AS p ON p.id = t.payment_id"

ATTEMPTS = SealedTable(
    "payments.payment",
    "缴费",
    "payments_payment",
    (
        "t.number",
        "t.client_request_id",
        "t.channel",
        "t.amount",
        "t.company_id",
        "t.office_id",
        "t.site_id",
        "t.community_id",
        "t.building_id",
        "t.room_id",
        "t.account_no",
        "t.owner_name",
        "t.owner_kind",
        "t.address",
        "t.cashier_id",
        "t.created_at",
        "t.note",
    ),
)

# A receipt is written when its payment succeeds; from then on the settled facts of the payment stand as well.
RECEIPTS = SealedTable(
    "payments.receipt",
    "回单及其缴费",
    "payments_receipt",
    (
        "t.payment_id",
        "t.site_id",
        't."on"',
        "t.seq",
        "t.number",
        "t.content",
        'p."on"',
        "p.paid_at",
        "p.amount",
        "p.principal",
        "p.late_fee",
        "p.prepaid",
        "p.tendered",
        "p.change",
        "p.transaction_id",
        "p.seasons",
    ),
    company="p.company_id",
    join=PAYMENT,
)

REVERSALS = SealedTable(
    "payments.reversal",
    "冲正",
    "payments_reversal",
    ("t.payment_id", "t.by_id", 't."on"', "t.at", "t.reason"),
    company="p.company_id",
    join=PAYMENT,
)

PRINTS = SealedTable(
    "payments.receiptprint",
    "打印记录",
    "payments_receiptprint",
    ("t.receipt_id", "t.nth", "t.paper", "t.by_id", "t.at"),
    company="p.company_id",
    join="""LEFT JOIN payments_receipt AS r ON r.id = t.receipt_id
        LEFT JOIN payments_payment AS p ON p.id = r.payment_id""",
)

SEALED = (ATTEMPTS, RECEIPTS, REVERSALS, PRINTS)
