"""Frauds and corruptions as SQL that an insider could run, and the rule that finds each.

Most keep every sum: what gives them away is that a row no longer agrees with its event, person, receipt or record.
"""

from __future__ import annotations

PAY = "(SELECT id FROM payments_payment WHERE amount IN (200, 150))"
GROUP = f"(SELECT id FROM billing_ledgergroup WHERE source = 'payment:' || {PAY} || ':settle')"
RECEIVABLE = f"account = 'receivable' AND group_id = {GROUP}"
ORDER = f"(SELECT order_id FROM billing_allocation WHERE payment_id = {PAY})"
BACK = "(SELECT payment_id FROM payments_reversal)"
BACK_GROUP = f"(SELECT id FROM billing_ledgergroup WHERE source = 'payment:' || {BACK} || ':reverse')"
OTHER_USER = "(SELECT max(id) + 1 FROM accounts_user)"
SUPPLEMENT = "(SELECT id FROM billing_order WHERE fee_kind = 'supplement')"
ARREARS = "(SELECT id FROM billing_order WHERE fee_kind = 'arrears')"
HELD = "(SELECT prepayment_id FROM billing_prepaymententry ORDER BY id LIMIT 1)"
EMPTY_ROOM = "(SELECT max(id) FROM property_room)"
LATE_ORDER = "(SELECT id FROM billing_order WHERE late_accrued > 0 ORDER BY id LIMIT 1)"
ROLLUP = """billing_seasonrollup AS s SET {} FROM billing_order AS o
    WHERE o.id = {} AND (s.season_id, s.building_id, s.product_kind) = (o.season_id, o.building_id, o.product_kind)"""


def content(key: str, value: str) -> str:
    return f"""UPDATE payments_receipt SET content = jsonb_set(content, '{{{key}}}', '{value}')
        WHERE payment_id = {PAY}"""


def rollup(change: str, order: str) -> str:
    return "UPDATE " + ROLLUP.format(change, order)


def group_of(source: str, entries: str) -> str:
    """A balanced voucher like any other; `entries` are (account, side, amount) of one order's room."""
    return f"""WITH g AS (INSERT INTO billing_ledgergroup (source, "on", company_id, office_id, actor_id, at, note)
        SELECT {source}, "on", company_id, office_id, actor_id, at + interval '1 day', ''
        FROM billing_ledgergroup WHERE id = {GROUP} RETURNING id)
        INSERT INTO billing_ledgerentry (group_id, account, side, amount, order_id, room_id)
        SELECT g.id, e.account, e.side, e.amount, o.id, o.room_id FROM g, billing_order AS o,
            (VALUES {entries}) AS e (account, side, amount) WHERE o.id = {ORDER}"""


LOWER = (
    f"""UPDATE payments_payment SET amount = 150, principal = 150 WHERE id = {PAY}""",
    f"UPDATE billing_ledgerentry SET amount = 150 WHERE group_id = {GROUP}",
    f"UPDATE billing_order SET paid = paid - 50 WHERE id = {ORDER}",
    rollup("paid = s.paid - 50", ORDER),
)
LOWER_LAST = f"UPDATE billing_allocation SET amount = 150 WHERE group_id = {GROUP}"
LOWER_RECEIPT = f"""UPDATE payments_receipt SET content = content || '{{"amount": "150.00", "principal": "150.00"}}'
    || jsonb_build_object('orders', jsonb_set(content -> 'orders', '{{0,paid_now}}', '"150.00"'))
    WHERE payment_id = {PAY}"""

FRAUDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "payment, allocation, entries, order and sums lowered together": ("S5d", (*LOWER, LOWER_LAST)),
    "the same, with the receipt": ("M2h", (*LOWER, LOWER_LAST, LOWER_RECEIPT)),
    "payment put back by a day, with voucher and allocation": (
        "S5d",
        (
            f"""UPDATE payments_payment SET "on" = "on" - 1, paid_at = paid_at - interval '1 day' WHERE id = {PAY}""",
            f'UPDATE billing_ledgergroup SET "on" = "on" - 1 WHERE id = {GROUP}',
            f'UPDATE billing_allocation SET "on" = "on" - 1 WHERE group_id = {GROUP}',
        ),
    ),
    "only the day of the payment": ("M2c", (f'UPDATE payments_payment SET "on" = "on" - 1 WHERE id = {PAY}',)),
    "only the moment of the payment": (
        "M2d",
        (f"UPDATE payments_payment SET paid_at = paid_at - interval '1 day' WHERE id = {PAY}",),
    ),
    "the moment by an hour": (
        "S5d",
        (f"UPDATE payments_payment SET paid_at = paid_at - interval '1 hour' WHERE id = {PAY}",),
    ),
    "day of an allocation": ("M2e", (f'UPDATE billing_allocation SET "on" = "on" - 1 WHERE group_id = {GROUP}',)),
    "another cashier on the payment": (
        "M2c",
        (f"UPDATE payments_payment SET cashier_id = {OTHER_USER} WHERE id = {PAY}",),
    ),
    "another cashier on payment and voucher": (
        "M2h",
        (
            f"UPDATE payments_payment SET cashier_id = {OTHER_USER} WHERE id = {PAY}",
            f"UPDATE billing_ledgergroup SET actor_id = {OTHER_USER} WHERE id = {GROUP}",
        ),
    ),
    "another person on the voucher": (
        "M2c",
        (f"UPDATE billing_ledgergroup SET actor_id = {OTHER_USER} WHERE id = {GROUP}",),
    ),
    "payment to another site": ("S5c", (f"UPDATE payments_payment SET site_id = company_id WHERE id = {PAY}",)),
    "payment to another room": ("M2e", (f"UPDATE payments_payment SET room_id = {EMPTY_ROOM} - 1 WHERE id = {PAY}",)),
    "another account number on the payment": (
        "M2h",
        (f"UPDATE payments_payment SET account_no = '1' WHERE id = {PAY}",),
    ),
    "another owner on the payment": ("S5d", (f"UPDATE payments_payment SET owner_name = '某' WHERE id = {PAY}",)),
    "cash turned into POS, ledger too": (
        "S5d",
        (
            f"UPDATE payments_payment SET channel = 'pos' WHERE id = {PAY}",
            f"UPDATE billing_ledgerentry SET account = 'clearing:pos' WHERE account = 'cash' AND group_id = {GROUP}",
        ),
    ),
    "a transaction number added": ("S5d", (f"UPDATE payments_payment SET transaction_id = '77' WHERE id = {PAY}",)),
    "change given altered": ("S5d", (f"UPDATE payments_payment SET change = 5 WHERE id = {PAY}",)),
    "amount on the receipt": ("S5d", (content("amount", '"20.00"'),)),
    "number of the receipt": (
        "S5c",
        (f"UPDATE payments_receipt SET number = left(number, -6) || '000077' WHERE payment_id = {PAY}",),
    ),
    "cashier on the receipt": ("S5d", (content("cashier", '"别人"'),)),
    "owner on the receipt": ("S5d", (content("owner", '"别人"'),)),
    "order line of the receipt": ("S5e", (content("orders,0,paid_now", '"20.00"'),)),
    "order number on the receipt": ("S5e", (content("orders,0,number", '"D1"'),)),
    "day of the receipt": ("S5c", (f'UPDATE payments_receipt SET "on" = "on" - 1 WHERE payment_id = {PAY}',)),
    "numbers of two receipts exchanged": (
        "S5f",
        (
            """UPDATE payments_receipt SET seq = 3 - seq, number = left(number, -6) || lpad((3 - seq)::text, 6, '0')
            WHERE "on" = '2025-09-12'""",
        ),
    ),
    "reversal signed over": ("M2c", (f"UPDATE payments_reversal SET by_id = {OTHER_USER}",)),
    "reversal signed over, with voucher and record": (
        "M2c",
        (
            f"UPDATE payments_reversal SET by_id = {OTHER_USER}",
            f"UPDATE billing_ledgergroup SET actor_id = {OTHER_USER} WHERE id = {BACK_GROUP}",
            f"UPDATE audit_record SET actor_id = {OTHER_USER} WHERE event = 'payment.reverse'",
        ),
    ),
    "reason of a reversal": ("M2h", ("UPDATE payments_reversal SET reason = '其他'",)),
    "reason on the void receipt": (
        "M2i",
        ("UPDATE payments_receipt SET void_reason = '冲正：其他' WHERE state = 'void'",),
    ),
    "reversal put back by a day": ("M2c", ('UPDATE payments_reversal SET "on" = "on" - 1',)),
    "person in the record of a payment": (
        "M2h",
        (f"UPDATE audit_record SET actor_id = {OTHER_USER} WHERE event = 'payment.take' AND target_id = {PAY}",),
    ),
    "amount in the record of a payment": (
        "M2h",
        (
            f"""UPDATE audit_record SET note = replace(note, '200', '20')
            WHERE event = 'payment.take' AND target_id = {PAY}""",
        ),
    ),
    "prepayment moved to another room": (
        "M2f",
        (f"UPDATE billing_prepayment SET room_id = {EMPTY_ROOM} WHERE id = {HELD}",),
    ),
    "a movement of prepayment put back by a day": ("M2f", ('UPDATE billing_prepaymententry SET "on" = "on" - 1',)),
    "prepayment taken out without a payment": (
        "M2f",
        (
            f"""INSERT INTO billing_prepaymententry (prepayment_id, group_id, payment_id, direction, amount, "on", note)
            SELECT prepayment_id, group_id, payment_id, 'out', 1, "on", '' FROM billing_prepaymententry
            WHERE prepayment_id = {HELD} LIMIT 1""",
            f"UPDATE billing_prepayment SET balance = balance - 1 WHERE id = {HELD}",
        ),
    ),
    "an entry put to another order": (
        "M2g",
        (f"UPDATE billing_ledgerentry SET order_id = {ARREARS} WHERE {RECEIVABLE}",),
    ),
    "an entry put to another room": (
        "M2g",
        (f"UPDATE billing_ledgerentry SET room_id = {EMPTY_ROOM} - 1 WHERE {RECEIVABLE}",),
    ),
    "principal turned into late fee": (
        "S5e",
        (
            f"UPDATE billing_ledgerentry SET account = 'late_income' WHERE {RECEIVABLE}",
            f"UPDATE billing_allocation SET kind = 'late_fee' WHERE group_id = {GROUP}",
            f"UPDATE payments_payment SET principal = 0, late_fee = amount WHERE id = {PAY}",
        ),
    ),
    "late fee waived without a request": (
        "O8",
        (
            f"UPDATE billing_order SET late_waived = late_accrued WHERE id = {LATE_ORDER}",
            rollup("late_waived = s.late_waived + o.late_accrued", LATE_ORDER),
        ),
    ),
    "money given back without a refund": ("O8", (f"UPDATE billing_order SET refunded = 10 WHERE id = {ORDER}",)),
    "price posting without a re-rating": (
        "M3g",
        (
            group_of(
                f"'order:' || {ARREARS} || ':price:1'", "('receivable', 'credit', 9.00), ('heat_income', 'debit', 9.00)"
            ).replace(f"o.id = {ORDER}", f"o.id = {ARREARS}"),
        ),
    ),
    "the record of a re-rating taken away": (
        "M3g",
        (f"DELETE FROM audit_record WHERE event = 'order.rerate' AND target_id = {ORDER}",),
    ),
    "area after a re-rating": ("O9", (f"UPDATE billing_order SET floor_area = 90 WHERE id = {ORDER}",)),
    "area in the record of a re-rating": (
        "O9",
        (
            f"""UPDATE audit_record SET after = '{{"floor_area": "90.00"}}'
            WHERE event = 'order.rerate' AND target_id = {ORDER}""",
        ),
    ),
    "bill group moved between buildings": (
        "M4f",
        (
            """UPDATE billing_ledgergroup SET source = 'bill_run:' || split_part(source, ':', 2) || ':99'
            WHERE id = (SELECT min(id) FROM billing_ledgergroup WHERE source LIKE 'bill_run:%')""",
        ),
    ),
    "order moved between buildings, sums too": (
        "M4f",
        (
            rollup("building_id = 99", ORDER),
            f"UPDATE billing_order SET building_id = 99 WHERE id = {ORDER}",
        ),
    ),
    "day of a bill group": (
        "M3e",
        ('UPDATE billing_ledgergroup SET "on" = "on" - 1 WHERE source LIKE \'bill_run:%\'',),
    ),
    "person of a bill group": (
        "M3e",
        (f"UPDATE billing_ledgergroup SET actor_id = {OTHER_USER} WHERE source LIKE 'bill_run:%'",),
    ),
    "the record of a rolled day taken away": ("M3e", ("DELETE FROM audit_record WHERE event = 'order.roll'",)),
    "balanced group of no event": (
        "M3d",
        (group_of("'adjust:1'", "('cash', 'debit', 5.00), ('heat_income', 'credit', 5.00)"),),
    ),
    "balanced group in the name of a payment": (
        "M3d",
        (
            group_of(
                f"'payment:' || {PAY} || ':extra'", "('heat_income', 'debit', 5.00), ('old_arrears', 'credit', 5.00)"
            ),
        ),
    ),
    "balanced entries of foreign accounts in a payment's group": (
        "M3d",
        (
            f"""INSERT INTO billing_ledgerentry (group_id, account, side, amount)
            VALUES ({GROUP}, 'heat_income', 'debit', 5), ({GROUP}, 'old_arrears', 'credit', 5)""",
        ),
    ),
    "group of an order in another room": (
        "M3f",
        (f"UPDATE billing_ledgerentry SET room_id = {EMPTY_ROOM} - 1 WHERE order_id = {SUPPLEMENT}",),
    ),
    "second heat order of the same room and season": (
        "M7b",
        (f"UPDATE billing_order SET seq = 2 WHERE id = {ORDER}",),
    ),
    "supplement without its re-rating": ("M7b", ("UPDATE audit_record SET note = '' WHERE note LIKE '%补差%'",)),
    "order of no bill run": ("M7c", (f"UPDATE billing_order SET bill_run_id = NULL WHERE id = {ORDER}",)),
    "old debt that nobody entered": ("M7c", ("DELETE FROM audit_record WHERE event = 'order.add_arrears'",)),
    "old debt lowered, lines and sums too": (
        "M4g",
        (
            f"UPDATE billing_orderline SET amount = amount - 1 WHERE order_id = {ARREARS}",
            rollup("principal = s.principal - 1", ARREARS),
            f"UPDATE billing_order SET principal = principal - 1, line_amount = line_amount - 1 WHERE id = {ARREARS}",
        ),
    ),
    "an order of a run taken away": ("M7d", (f"UPDATE billing_order SET bill_run_id = 0 WHERE id = {ORDER}",)),
    "count of a run": ("M7d", ("UPDATE billing_billrun SET orders = orders - 1",)),
    "principal of a run": ("M7d", ("UPDATE billing_billrun SET principal = principal - 1",)),
}

# Here the chain has nothing to say: rows are only added, and get a seal like any other, or what is changed is a figure
# or a place that may change lawfully. The rules alone find these.
NOT_SEALED = {
    "prepayment taken out without a payment",
    "late fee waived without a request",
    "money given back without a refund",
    "price posting without a re-rating",
    "area after a re-rating",
    "order moved between buildings, sums too",
    "balanced group of no event",
    "balanced group in the name of a payment",
    "balanced entries of foreign accounts in a payment's group",
    "old debt lowered, lines and sums too",
    "reason on the void receipt",
    "count of a run",
    "principal of a run",
}
