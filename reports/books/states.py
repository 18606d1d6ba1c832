"""S1–S5, P1: states, receipts, audit and approvals agree with each other."""

from billing.states import order_flow
from payments.states import payment_flow
from reports.books.invariant import Invariant

EDGES = ", ".join(
    f"('{thing}', '{source}', '{step.target}')"
    for thing, flow in (("billing.order", order_flow), ("payments.payment", payment_flow))
    for step in flow.transitions.values()
    for source in step.sources
)

STATES = (
    Invariant(
        "S1",
        "一个请求编号, 一个渠道流水号, 各只对应一笔缴费",
        """
        SELECT 'request' AS what, client_request_id::text AS key, count(*) FROM payments_payment
        GROUP BY client_request_id HAVING count(*) > 1
        UNION ALL
        SELECT channel, transaction_id, count(*) FROM payments_payment WHERE transaction_id <> ''
        GROUP BY channel, transaction_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "S3a",
        "每次状态变动都是流程中的一步",
        f"""
        SELECT r.id, r.target_type, r.target_id, r.event, r.before, r.after FROM audit_record AS r
        WHERE r.event IN ('order.state', 'payment.take', 'payment.reverse')
            AND (r.target_type, r.before #>> '{{}}', r.after #>> '{{}}') NOT IN (VALUES {EDGES})
        """,
    ),
    Invariant(
        "S3b",
        "订单的状态就是最后一条状态日志, 日志首尾相接",
        """
        SELECT o.id, o.number, o.state, last.after FROM billing_order AS o
        JOIN LATERAL (SELECT after #>> '{}' AS after FROM audit_record AS r
            WHERE r.target_type = 'billing.order' AND r.target_id = o.id AND r.event = 'order.state'
            ORDER BY r.id DESC LIMIT 1) AS last ON true
        WHERE last.after <> o.state
        UNION ALL
        SELECT o.id, o.number, o.state, NULL FROM billing_order AS o
        WHERE (o.state = 'partial' OR (o.state = 'paid' AND o.principal + o.late_paid > 0))
            AND NOT EXISTS (SELECT FROM audit_record AS r WHERE r.target_type = 'billing.order'
                AND r.target_id = o.id AND r.event = 'order.state')
        UNION ALL
        SELECT target_id, target_text, before #>> '{}', earlier FROM (
            SELECT r.*, lag(after #>> '{}') OVER (PARTITION BY target_id ORDER BY id) AS earlier
            FROM audit_record AS r WHERE event = 'order.state') AS chain
        WHERE earlier <> before #>> '{}'
        """,
    ),
    Invariant(
        "S3c",
        "每笔成功的缴费恰有一条收费日志, 每笔冲正恰有一条冲正日志和一条冲正记录",
        """
        SELECT p.id, p.number, p.state, a.takes, a.reversals, (r.id IS NOT NULL) AS reversal
        FROM payments_payment AS p
        LEFT JOIN payments_reversal AS r ON r.payment_id = p.id
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE event = 'payment.take') AS takes,
                count(*) FILTER (WHERE event = 'payment.reverse') AS reversals
            FROM audit_record WHERE target_type = 'payments.payment' AND target_id = p.id) AS a
        WHERE (p.state IN ('succeeded', 'reversed')) <> (a.takes = 1)
            OR (p.state = 'reversed') <> (a.reversals = 1) OR (p.state = 'reversed') <> (r.id IS NOT NULL)
        """,
    ),
    Invariant(
        "S4",
        "每户至多一笔未完成的支付",
        """
        SELECT room_id, count(*) FROM payments_payment WHERE state IN ('pending', 'user_paying', 'unknown')
        GROUP BY room_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "S5a",
        "每个站点每天的回单号从 1 起连续, 与计数器一致",
        """
        SELECT r.site_id, r."on", min(r.seq) AS first, max(r.seq) AS last, count(*) AS receipts, c.last AS counter
        FROM payments_receipt AS r
        LEFT JOIN payments_receiptcounter AS c ON c.site_id = r.site_id AND c."on" = r."on"
        GROUP BY r.site_id, r."on", c.last
        HAVING min(r.seq) <> 1 OR max(r.seq) <> count(*) OR c.last IS DISTINCT FROM max(r.seq)
        """,
    ),
    Invariant(
        "S5b",
        "每笔成功的缴费恰有一张有效回单, 冲正的回单作废",
        """
        SELECT p.id, p.number, p.state, r.number AS receipt, r.state AS receipt_state
        FROM payments_payment AS p FULL JOIN payments_receipt AS r ON r.payment_id = p.id
        WHERE CASE p.state WHEN 'succeeded' THEN r.state IS DISTINCT FROM 'valid'
            WHEN 'reversed' THEN r.state IS DISTINCT FROM 'void' ELSE r.id IS NOT NULL END
        """,
    ),
    Invariant(
        "S8",
        "账和日志只增不改: 触发器都在",
        """
        SELECT wanted.name FROM (VALUES ('audit_record'), ('billing_ledgergroup'), ('billing_ledgerentry'),
            ('billing_allocation'), ('billing_prepaymententry'), ('payments_reversal'), ('payments_receiptprint'),
            ('audit_seal'), ('audit_sealpart')
        ) AS wanted (name)
        WHERE NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = wanted.name::regclass
            AND t.tgname LIKE 'pgtrigger_append_only%' AND t.tgenabled <> 'D')
        """,
    ),
    Invariant(
        "P1",
        "审批人不是申请人, 也不是最后编辑人",
        """
        SELECT 'contract' AS what, id, number, submitted_by_id, decided_by_id FROM billing_contract
        WHERE decided_by_id = submitted_by_id
        UNION ALL
        SELECT 'change', id, number, submitted_by_id, decided_by_id FROM property_changerequest
        WHERE decided_by_id IN (submitted_by_id, edited_by_id)
        """,
    ),
)
