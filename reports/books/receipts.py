"""S5c–S5e: what a receipt says is what was paid."""

from payments.states import ChannelCode
from reports.books.invariant import Invariant

SHANGHAI = "AT TIME ZONE 'Asia/Shanghai'"

LABELS = " ".join(f"WHEN '{code}' THEN '{label}'" for code, label in ChannelCode.choices)
CHANNEL = f"CASE p.channel {LABELS} END"

RECEIPTS = (
    Invariant(
        "S5c",
        "回单的站点, 日期, 序号就是缴费的, 并在回单号之内",
        """
        SELECT r.id, r.number, r.site_id, p.site_id AS payment_site, r."on", p."on" AS payment_on, r.seq
        FROM payments_receipt AS r JOIN payments_payment AS p ON p.id = r.payment_id
        WHERE (r.site_id, r."on") IS DISTINCT FROM (p.site_id, p."on")
            OR right(r.number, 14) <> to_char(r."on", 'YYYYMMDD') || lpad(r.seq::text, 6, '0')
        """,
    ),
    Invariant(
        "S5d",
        "回单内容: 金额, 分项, 账号, 业主, 地址, 时间, 渠道和收费员就是该笔缴费的",
        f"""
        SELECT p.id, p.number, r.number AS receipt, p.amount, r.content ->> 'amount' AS printed
        FROM payments_receipt AS r JOIN payments_payment AS p ON p.id = r.payment_id
        LEFT JOIN audit_record AS a ON a.target_type = 'payments.payment' AND a.target_id = p.id
            AND a.event = 'payment.take'
        CROSS JOIN LATERAL jsonb_to_record(r.content) AS c (amount text, principal text, late_fee text, prepaid text,
            change text, tendered text, account_no text, owner text, address text, transaction_id text, paid_at text,
            cashier text, channel text)
        WHERE (c.amount::numeric, c.principal::numeric, c.late_fee::numeric, c.prepaid::numeric, c.change::numeric,
                nullif(c.tendered, '')::numeric, c.account_no, c.owner, c.address, c.transaction_id, c.paid_at,
                left(c.cashier, 60), c.channel)
            IS DISTINCT FROM (p.amount, p.principal, p.late_fee, p.prepaid, p.change, p.tendered, p.account_no,
                p.owner_name, p.address, p.transaction_id,
                to_char(p.paid_at {SHANGHAI}, 'YYYY-MM-DD HH24:MI:SS'), a.actor_name, {CHANNEL})
        """,
    ),
    Invariant(
        "S5e",
        "回单上每张订单的本次缴费就是其冲抵",
        """
        WITH printed AS (
            SELECT r.payment_id, o ->> 'number' AS number, (o ->> 'paid_now')::numeric AS principal,
                (o ->> 'late_now')::numeric AS late_fee
            FROM payments_receipt AS r CROSS JOIN LATERAL jsonb_array_elements(r.content -> 'orders') AS o),
        booked AS (
            SELECT a.payment_id, o.number, coalesce(sum(a.amount) FILTER (WHERE kind = 'principal'), 0) AS principal,
                coalesce(sum(a.amount) FILTER (WHERE kind = 'late_fee'), 0) AS late_fee
            FROM billing_allocation AS a JOIN billing_order AS o ON o.id = a.order_id
            WHERE a.direction = 'in' AND a.payment_id IS NOT NULL GROUP BY 1, 2)
        SELECT payment_id, number, p.principal, p.late_fee, b.principal AS booked, b.late_fee AS late_booked
        FROM printed AS p FULL JOIN booked AS b USING (payment_id, number)
        WHERE (p.principal, p.late_fee) IS DISTINCT FROM (b.principal, b.late_fee)
        """,
    ),
    Invariant(
        "S5f",
        "回单号按开具的先后: 同站同日, 序号大的开得晚",
        """
        SELECT id, number, seq, earlier FROM (SELECT id, number, seq,
            lag(seq) OVER (PARTITION BY site_id, "on" ORDER BY id) AS earlier FROM payments_receipt) AS r
        WHERE seq < earlier
        """,
    ),
)
