"""M3d–M3g, M4f, M4g: no voucher without its event, no event without its voucher, and the books of each building."""

from reports.books.invariant import Invariant

SOON = "interval '10 minutes'"  # within which one act writes its rows
NET = "CASE side WHEN 'debit' THEN amount ELSE -amount END"
# What a voucher's source looks like, and the accounts that such an event moves.
KINDS = {
    "payment:[0-9]+:(settle|reverse)": "(cash|clearing:[a-z]+|receivable|late_income|prepayment)",
    "order:[0-9]+:price:[0-9]+": "(receivable|heat_income|old_arrears)",
    "order:[0-9]+:(surplus|reclaim):[0-9]+": "(receivable|prepayment)",
    "order:[0-9]+:supplement:[0-9]+": "(receivable|heat_income)",
    "order:[0-9]+:arrears": "(receivable|old_arrears)",
    "bill_run:[0-9]+:[0-9]+": "(receivable|heat_income)",
    "roll:[0-9]+:[0-9]+": "(receivable|heat_income)",
    "old_debt:[0-9]+:[0-9]+": "(receivable|old_arrears)",
    "undo:[0-9]+:heat_income:[0-9]+": "(receivable|heat_income)",
    "undo:[0-9]+:old_arrears:[0-9]+": "(receivable|old_arrears)",
    "change:[0-9]+:prepayment": "(prepayment|excess)",
}
PATTERN = f"^({'|'.join(KINDS)})$"
MOVES = ", ".join(f"('^{source}$', '^{accounts}$')" for source, accounts in KINDS.items())

EVENTS = (
    Invariant(
        "M3d",
        "凭证的来源都是已知的资金事件, 科目就是这种事件的科目",
        f"""
        SELECT id, source, note FROM billing_ledgergroup WHERE source !~ '{PATTERN}'
        UNION ALL
        SELECT e.id, g.source, e.account FROM billing_ledgerentry AS e
        LEFT JOIN billing_ledgergroup AS g ON g.id = e.group_id
        WHERE NOT EXISTS (SELECT FROM (VALUES {MOVES}) AS m (source, accounts)
            WHERE g.source ~ m.source AND e.account ~ m.accounts)
        """,
    ),
    Invariant(
        "M3e",
        "凭证的日期, 公司和操作人就是其开单批次, 变更申请, 导入批次的",
        """
        SELECT g.id, g.source, g."on", g.actor_id FROM billing_ledgergroup AS g
        LEFT JOIN billing_billrun AS r ON r.id = split_part(g.source, ':', 2)::bigint
        WHERE g.source LIKE 'bill_run:%'
            AND (g."on", g.company_id, g.actor_id) IS DISTINCT FROM (r."on", r.company_id, r.actor_id)
        UNION ALL
        SELECT g.id, g.source, g."on", g.actor_id FROM billing_ledgergroup AS g
        LEFT JOIN property_changerequest AS c ON c.id = split_part(g.source, ':', 2)::bigint AND c.state = 'approved'
        WHERE g.source LIKE 'change:%' AND (g.company_id, g.actor_id) IS DISTINCT FROM (c.company_id, c.decided_by_id)
        UNION ALL
        SELECT g.id, g.source, g."on", g.actor_id FROM billing_ledgergroup AS g
        WHERE g.source LIKE 'roll:%' AND NOT EXISTS (SELECT FROM audit_record AS a WHERE a.event = 'order.roll'
            AND a.after ->> 'on' = g."on"::text AND a.actor_id IS NOT DISTINCT FROM g.actor_id)
        UNION ALL
        SELECT g.id, g.source, g."on", g.actor_id FROM billing_ledgergroup AS g
        WHERE g.source LIKE 'undo:%' AND NOT EXISTS (SELECT FROM audit_record AS a
            WHERE a.event = 'room.import_undo' AND a.target_id = split_part(g.source, ':', 2)::bigint
                AND a.actor_id IS NOT DISTINCT FROM g.actor_id)
        UNION ALL
        SELECT g.id, g.source, g."on", g.actor_id FROM billing_ledgergroup AS g
        WHERE g.source LIKE 'old_debt:%' AND NOT EXISTS (SELECT FROM audit_record AS a
            WHERE a.event = 'room.import' AND a.target_id = split_part(g.source, ':', 2)::bigint
                AND a.actor_id IS NOT DISTINCT FROM g.actor_id)
        """,
    ),
    Invariant(
        "M3f",
        "订单凭证的公司, 户室就是该订单的",
        """
        SELECT g.id, g.source, e.id AS entry, e.room_id, o.room_id AS order_room
        FROM billing_ledgergroup AS g JOIN billing_ledgerentry AS e ON e.group_id = g.id
        LEFT JOIN billing_order AS o ON o.id = split_part(g.source, ':', 2)::bigint
        WHERE g.source LIKE 'order:%' AND ((e.order_id, e.room_id, g.company_id)
            IS DISTINCT FROM (o.id, o.room_id, o.company_id))
        """,
    ),
    Invariant(
        "M3g",
        "每次改价的凭证都有当时的重新计价, 作废, 收费或计价到当日",
        f"""
        SELECT g.id, g.source, g."on", g.actor_id FROM billing_ledgergroup AS g
        JOIN billing_order AS o ON o.id = split_part(g.source, ':', 2)::bigint
        WHERE g.source LIKE 'order:%:price:%'
            AND NOT EXISTS (SELECT FROM audit_record AS a WHERE a.target_type = 'billing.order' AND a.target_id = o.id
                AND (a.event = 'order.rerate' OR a.event = 'order.state' AND a.after = '"void"')
                AND a.actor_id IS NOT DISTINCT FROM g.actor_id
                AND a.at BETWEEN g.at - {SOON} AND g.at + {SOON})
            AND NOT EXISTS (SELECT FROM payments_payment AS p LEFT JOIN payments_reversal AS r ON r.payment_id = p.id
                WHERE p.room_id = o.room_id AND p."on" = g."on" AND p.cashier_id IS NOT DISTINCT FROM g.actor_id
                AND (p.created_at BETWEEN g.at - {SOON} AND g.at + {SOON}
                    OR r.at BETWEEN g.at - {SOON} AND g.at + {SOON}))
            AND NOT EXISTS (SELECT FROM audit_record AS a WHERE a.event = 'order.roll'
                AND a.after ->> 'on' = g."on"::text)
        """,
    ),
    Invariant(
        "M4f",
        "每幢楼的应收科目余额 = 该楼订单未缴本金之和",
        f"""
        -- A 单元 that moved was billed with the 楼幢 that it stood in then: such buildings count together.
        WITH moved AS (
            SELECT b.id AS building_id, -c.company_id AS place FROM property_building AS b
            JOIN property_community AS c ON c.id = b.community_id
            WHERE EXISTS (SELECT FROM audit_record AS a JOIN property_unit AS u ON u.id = a.target_id
                WHERE a.event = 'unit.move' AND (u.building_id = b.id OR a.before ->> 'building' LIKE '%' || b.name))),
        ledger AS (
            SELECT coalesce(o.building_id, split_part(g.source, ':', CASE split_part(g.source, ':', 1)
                WHEN 'undo' THEN 4 ELSE 3 END)::bigint) AS building_id, {NET} AS amount
            FROM billing_ledgerentry AS e JOIN billing_ledgergroup AS g ON g.id = e.group_id
            LEFT JOIN billing_order AS o ON o.id = e.order_id
            WHERE e.account = 'receivable' AND (o.id IS NOT NULL OR g.source ~ '^(bill_run|roll|old_debt|undo):')),
        orders AS (
            SELECT building_id, paid - principal AS amount FROM billing_order
            WHERE state NOT IN ('void', 'refunded'))
        SELECT coalesce(place, building_id) AS building, sum(amount) AS difference
        FROM (SELECT * FROM ledger UNION ALL SELECT * FROM orders) AS both_sides
        LEFT JOIN moved USING (building_id)
        GROUP BY 1 HAVING sum(amount) <> 0
        """,
    ),
    Invariant(
        "M4g",
        "往年欠费和补差订单的本金 = 其凭证之和",
        f"""
        SELECT o.id, o.number, o.principal, l.posted FROM billing_order AS o
        LEFT JOIN LATERAL (SELECT sum({NET}) AS posted FROM billing_ledgerentry AS e
            JOIN billing_ledgergroup AS g ON g.id = e.group_id
            WHERE e.order_id = o.id AND e.account = 'receivable'
                AND g.source ~ '^order:[0-9]+:(supplement|arrears|price)') AS l ON true
        WHERE o.version_id IS NULL AND NOT (o.fee_kind = 'arrears' AND o.batch_id IS NOT NULL)
            AND CASE WHEN o.state IN ('void', 'refunded') THEN 0 ELSE o.principal END <> coalesce(l.posted, 0)
        """,
    ),
)
