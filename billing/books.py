"""What is sealed of orders and ledger; rules derive from it the figures that change lawfully."""

from heating.audit.books import SealedTable

GROUP = "LEFT JOIN billing_ledgergroup AS g ON g.id = t.group_id"

ORDERS = SealedTable(
    "billing.order",
    "订单",
    "billing_order",
    (
        "t.number",
        "t.company_id",
        "t.room_id",
        "t.owner_id",
        "t.season_id",
        "t.fee_kind",
        "t.seq",
        "t.account_no",
        "t.owner_name",
        "t.bill_run_id",
        "t.batch_id",
        "t.created_by_id",
        "t.created_at",
    ),
    removed="room.import_undo",
)

# What an order was priced from; a re-rating leaves a record with the new facts, and rules compare with that.
FACTS = SealedTable(
    "billing.order.facts",
    "订单计价数据",
    "billing_order",
    ("t.version_id", "t.floor_area", "t.inner_area", "t.height", "t.vacancy", "t.relief", "t.heated_days"),
    moved="""EXISTS (SELECT FROM audit_record AS r
        WHERE r.target_type = 'billing.order' AND r.target_id = t.id AND r.event = 'order.rerate')""",
    removed="room.import_undo",
)

GROUPS = SealedTable(
    "billing.ledgergroup",
    "记账凭证",
    "billing_ledgergroup",
    ("t.source", 't."on"', "t.company_id", "t.office_id", "t.actor_id", "t.at", "t.note"),
)

ENTRIES = SealedTable(
    "billing.ledgerentry",
    "账",
    "billing_ledgerentry",
    ("t.group_id", "t.account", "t.side", "t.amount", "t.order_id", "t.room_id"),
    company="g.company_id",
    join=GROUP,
)

ALLOCATIONS = SealedTable(
    "billing.allocation",
    "冲抵",
    "billing_allocation",
    ("t.order_id", "t.group_id", "t.payment_id", "t.kind", "t.direction", "t.amount", 't."on"'),
    company="g.company_id",
    join=GROUP,
)

# With the room: an account of 预存款 is not handed to another one.
PREPAYMENTS = SealedTable(
    "billing.prepaymententry",
    "预存款流水",
    "billing_prepaymententry",
    (
        "t.prepayment_id",
        "p.room_id",
        "t.group_id",
        "t.payment_id",
        "t.order_id",
        "t.direction",
        "t.amount",
        't."on"',
        "t.note",
    ),
    company="p.company_id",
    join="LEFT JOIN billing_prepayment AS p ON p.id = t.prepayment_id",
)

EXCESSES = SealedTable(
    "billing.excess",
    "挂账",
    "billing_excess",
    (
        "t.company_id",
        "t.room_id",
        "t.owner_id",
        "t.owner_name",
        "t.account_no",
        "t.amount",
        't."on"',
        "t.reason",
        "t.group_id",
    ),
)

SEALED = (ORDERS, FACTS, GROUPS, ENTRIES, ALLOCATIONS, PREPAYMENTS, EXCESSES)
