"""M2c–M2i, S5c: each payment agrees with its day, its room, its person, its voucher, its receipt and its records."""

from reports.books.invariant import Invariant

DONE = "p.state IN ('succeeded', 'reversed')"
SIGNED = "CASE direction WHEN 'in' THEN amount ELSE -amount END"
# An account's balance grows on the credit side where it stands for what we owe, or for a debt that was paid.
CREDIT = "CASE side WHEN 'credit' THEN amount ELSE -amount END"
SHANGHAI = "AT TIME ZONE 'Asia/Shanghai'"

PAYMENTS = (
    Invariant(
        "M2c",
        "缴费的日期, 公司, 机构和收费员就是其凭证的; 冲正的就是冲正凭证的",
        f"""
        SELECT p.id, p.number, g.source, p."on", g."on" AS group_on, p.cashier_id, g.actor_id
        FROM payments_payment AS p JOIN billing_ledgergroup AS g ON g.source = 'payment:' || p.id || ':settle'
        WHERE {DONE} AND (g."on", g.company_id, g.office_id, g.actor_id)
            IS DISTINCT FROM (p."on", p.company_id, p.office_id, p.cashier_id)
        UNION ALL
        SELECT p.id, p.number, g.source, p."on", g."on", p.cashier_id, g.actor_id
        FROM payments_payment AS p JOIN payments_reversal AS r ON r.payment_id = p.id
        LEFT JOIN billing_ledgergroup AS g ON g.source = 'payment:' || p.id || ':reverse'
        WHERE (g."on", g.company_id, g.office_id, g.actor_id)
            IS DISTINCT FROM (r."on", p.company_id, p.office_id, r.by_id)
            OR r.by_id IS DISTINCT FROM p.cashier_id OR r."on" IS DISTINCT FROM p."on"
        """,
    ),
    Invariant(
        "M2d",
        "现金缴费的日期就是收款时刻的日期",
        f"""
        SELECT id, number, "on", paid_at FROM payments_payment AS p
        WHERE {DONE} AND channel = 'cash' AND "on" <> (paid_at {SHANGHAI})::date
        """,
    ),
    Invariant(
        "M2e",
        "冲抵与其缴费同一凭证, 同一日期, 同一户室",
        """
        SELECT a.id, p.number, a."on", g."on" AS group_on, g.source, o.room_id, p.room_id AS payment_room
        FROM billing_allocation AS a
        JOIN billing_ledgergroup AS g ON g.id = a.group_id
        JOIN billing_order AS o ON o.id = a.order_id
        LEFT JOIN payments_payment AS p ON p.id = a.payment_id
        WHERE a."on" <> g."on" OR CASE
            WHEN a.payment_id IS NULL
                THEN g.source NOT LIKE 'order:' || a.order_id
                    || CASE a.direction WHEN 'out' THEN ':surplus:%' ELSE ':reclaim:%' END
            ELSE o.room_id IS DISTINCT FROM p.room_id OR g.source IS DISTINCT FROM 'payment:' || p.id
                || CASE a.direction WHEN 'in' THEN ':settle' ELSE ':reverse' END END
        """,
    ),
    Invariant(
        "M2f",
        "预存款流水与其凭证同一日期, 户室就是其缴费, 订单或过户的户室",
        """
        SELECT e.id, g.source, e.direction, e.amount, e."on", g."on" AS group_on, h.room_id, p.room_id AS payment_room
        FROM billing_prepaymententry AS e
        JOIN billing_prepayment AS h ON h.id = e.prepayment_id
        JOIN billing_ledgergroup AS g ON g.id = e.group_id
        LEFT JOIN payments_payment AS p ON p.id = e.payment_id
        LEFT JOIN billing_order AS o ON o.id = e.order_id
        LEFT JOIN property_changerequest AS c ON g.source = 'change:' || c.id || ':prepayment'
        LEFT JOIN property_room AS r ON r.id = h.room_id
        WHERE e."on" <> g."on" OR g.company_id <> h.company_id OR r.company_id IS DISTINCT FROM h.company_id
            OR o.room_id <> h.room_id OR CASE split_part(g.source, ':', 1)
            WHEN 'payment' THEN p.room_id IS DISTINCT FROM h.room_id OR g.source IS DISTINCT FROM 'payment:' || p.id
                || CASE e.direction WHEN 'in' THEN ':settle' ELSE ':reverse' END
            WHEN 'order' THEN o.id IS NULL OR g.source NOT LIKE 'order:' || o.id
                || CASE e.direction WHEN 'in' THEN ':surplus:%' ELSE ':reclaim:%' END
            WHEN 'change' THEN e.direction <> 'out' OR c.room_id IS DISTINCT FROM h.room_id
            ELSE true END
        """,
    ),
    Invariant(
        "M2g",
        "凭证的每个科目就是其冲抵, 预存流水和缴费金额, 订单和户室也相符",
        f"""
        WITH booked AS (
            SELECT group_id, account, coalesce(order_id, 0) AS order_id, coalesce(room_id, 0) AS room_id,
                sum({CREDIT}) AS amount
            FROM billing_ledgerentry AS e
            JOIN billing_ledgergroup AS g ON g.id = e.group_id
            WHERE g.source LIKE 'payment:%' OR g.source ~ '^order:[0-9]+:(surplus|reclaim):' OR e.account = 'prepayment'
            GROUP BY 1, 2, 3, 4),
        expected AS (
            SELECT a.group_id, CASE a.kind WHEN 'principal' THEN 'receivable' ELSE 'late_income' END AS account,
                a.order_id, o.room_id, sum({SIGNED}) AS amount
            FROM billing_allocation AS a JOIN billing_order AS o ON o.id = a.order_id GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT e.group_id, 'prepayment', coalesce(e.order_id, 0), h.room_id,
                sum({SIGNED})
            FROM billing_prepaymententry AS e JOIN billing_prepayment AS h ON h.id = e.prepayment_id GROUP BY 1, 3, 4
            UNION ALL
            SELECT g.id, CASE p.channel WHEN 'cash' THEN 'cash' ELSE 'clearing:' || p.channel END, 0, p.room_id,
                CASE split_part(g.source, ':', 3) WHEN 'settle' THEN -p.amount ELSE p.amount END
            FROM billing_ledgergroup AS g JOIN payments_payment AS p ON g.source IN (
                'payment:' || p.id || ':settle', 'payment:' || p.id || ':reverse'))
        SELECT group_id, account, order_id, room_id, booked.amount AS booked, expected.amount AS expected
        FROM booked FULL JOIN expected USING (group_id, account, order_id, room_id)
        WHERE booked.amount IS DISTINCT FROM expected.amount
        """,
    ),
    Invariant(
        "M2h",
        "缴费和冲正的日志: 操作人, 机构, 单号, 金额和账号就是该笔缴费的",
        f"""
        SELECT p.id, p.number, a.id AS record, a.actor_id, p.cashier_id, a.note FROM payments_payment AS p
        JOIN audit_record AS a ON a.target_type = 'payments.payment' AND a.target_id = p.id AND a.event = 'payment.take'
        WHERE {DONE} AND ((a.actor_id, a.office_id, a.target_text, substring(a.note FROM ' ([0-9.]+) 元')::numeric)
            IS DISTINCT FROM (p.cashier_id, p.office_id, p.number, p.amount)
            OR a.note NOT LIKE '% 元，账号 ' || p.account_no)
        UNION ALL
        SELECT p.id, p.number, a.id, a.actor_id, r.by_id, a.note FROM payments_payment AS p
        JOIN payments_reversal AS r ON r.payment_id = p.id
        JOIN audit_record AS a ON a.target_type = 'payments.payment' AND a.target_id = p.id
            AND a.event = 'payment.reverse'
        WHERE (a.actor_id, a.note, a.target_text) IS DISTINCT FROM (r.by_id, r.reason, p.number)
        """,
    ),
    Invariant(
        "M2i",
        "冲正就在缴费之后; 作废的回单写明冲正原因",
        """
        SELECT p.id, p.number, r.at, c.void_reason FROM payments_reversal AS r
        JOIN payments_payment AS p ON p.id = r.payment_id LEFT JOIN payments_receipt AS c ON c.payment_id = p.id
        WHERE p.state <> 'reversed' OR c.void_reason IS DISTINCT FROM left('冲正：' || r.reason, 200)
            OR r.at < p.created_at
        UNION ALL
        SELECT payment_id, number, NULL, void_reason FROM payments_receipt WHERE state = 'valid' AND void_reason <> ''
        """,
    ),
)
