"""M7b–M7d, O8–O9: where an order comes from, and by what its facts may have changed."""

from reports.books.invariant import Invariant

# Facts of the price and how their column is read from the text of a record.
FACTS = {
    "floor_area": "numeric",
    "inner_area": "numeric",
    "height": "numeric",
    "heated_days": "integer",
    "vacancy": "boolean",
    "relief": "text",
}
CHANGED = " OR ".join(
    f"(a.after ? '{name}' AND o.{name} IS DISTINCT FROM nullif(a.after ->> '{name}', 'None')::{kind})"
    for name, kind in FACTS.items()
)

ORIGINS = (
    Invariant(
        "M7b",
        "同户同季的第二张订单只能是重新计价的补差",
        """
        SELECT o.id, o.number, o.fee_kind, o.seq, o.room_id, o.season_id FROM billing_order AS o
        WHERE (o.seq > 1 AND o.fee_kind <> 'supplement') OR (o.fee_kind = 'supplement' AND NOT EXISTS (
            SELECT FROM audit_record AS a JOIN billing_order AS h ON h.id = a.target_id
            WHERE a.target_type = 'billing.order' AND a.event = 'order.rerate' AND a.note LIKE '%补差 ' || o.number
                AND (h.room_id, h.season_id) = (o.room_id, o.season_id)))
        UNION ALL
        SELECT min(id), min(number), fee_kind, seq, room_id, season_id FROM billing_order
        WHERE state NOT IN ('void', 'refunded') AND fee_kind <> 'supplement'
        GROUP BY room_id, season_id, fee_kind, seq HAVING count(*) > 1
        """,
    ),
    Invariant(
        "M7c",
        "每张热力费订单出自一次开单, 每张往年欠费出自一次登记或导入",
        """
        SELECT o.id, o.number, o.fee_kind, o.bill_run_id, o.batch_id FROM billing_order AS o
        LEFT JOIN billing_billrun AS r ON r.id = o.bill_run_id
        WHERE o.fee_kind = 'heat' AND ((r.company_id, r.season_id) IS DISTINCT FROM (o.company_id, o.season_id)
            OR o.contract_id IS NULL)
        UNION ALL
        SELECT o.id, o.number, o.fee_kind, o.bill_run_id, o.batch_id FROM billing_order AS o
        WHERE o.fee_kind = 'arrears' AND o.batch_id IS NULL AND NOT EXISTS (SELECT FROM audit_record AS a
            WHERE a.target_type = 'billing.order' AND a.target_id = o.id AND a.event = 'order.add_arrears')
        """,
    ),
    Invariant(
        "M7d",
        "每次开单的订单数就是其订单, 日志里的数就是批次的数",
        """
        SELECT r.id, r.orders, count(o.id) AS found, a.after ->> 'orders' AS told FROM billing_billrun AS r
        LEFT JOIN billing_order AS o ON o.bill_run_id = r.id
        LEFT JOIN audit_record AS a ON a.target_type = 'billing.billrun' AND a.target_id = r.id
            AND a.event = 'bill_run.finish'
        WHERE NOT EXISTS (SELECT FROM audit_record AS u WHERE u.event = 'room.import_undo' AND u.target_id = r.batch_id)
        GROUP BY r.id, r.orders, r.principal, a.after
        HAVING r.orders <> count(o.id)
            OR (a.after IS NOT NULL AND ((a.after ->> 'orders')::integer, (a.after ->> 'principal')::numeric)
                IS DISTINCT FROM (r.orders, r.principal))
        """,
    ),
    Invariant(
        "O8",
        "滞纳金减免都有已批准的申请 (尚无减免流程, 所以都为零); 尚无退费流程, 已退费都为零",
        "SELECT id, number, late_waived, refunded FROM billing_order WHERE late_waived <> 0 OR refunded <> 0",
    ),
    Invariant(
        "O9",
        "订单的计价数据就是最后一次重新计价记下的",
        f"""
        SELECT o.id, o.number, a.id AS record, a.after FROM billing_order AS o
        CROSS JOIN LATERAL (SELECT id, after FROM audit_record AS r
            WHERE r.target_type = 'billing.order' AND r.target_id = o.id AND r.event = 'order.rerate'
                AND r.note NOT LIKE '%；补差 %' ORDER BY r.id DESC LIMIT 1) AS a
        WHERE {CHANGED}
        """,
    ),
)
