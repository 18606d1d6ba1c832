"""M1–M7: money is where the books say it is."""

from reports.books.invariant import Invariant

SIGNED = "CASE direction WHEN 'in' THEN amount ELSE -amount END"
NET = "CASE side WHEN 'debit' THEN amount ELSE -amount END"

MONEY = (
    Invariant(
        "M1",
        "各渠道实收 = 订单已缴 + 预存款余额 + 挂账",
        """
        SELECT company_id, coalesce(p.taken, 0) AS taken, coalesce(o.paid, 0) AS on_orders,
            coalesce(b.balance, 0) AS prepaid, coalesce(x.owed, 0) AS excess
        FROM (SELECT company_id, sum(amount) AS taken FROM payments_payment
              WHERE state = 'succeeded' AND channel <> 'prepaid' GROUP BY company_id) AS p
        FULL JOIN (SELECT company_id, sum(paid + late_paid) AS paid FROM billing_order GROUP BY company_id) AS o
            USING (company_id)
        FULL JOIN (SELECT company_id, sum(balance) AS balance FROM billing_prepayment GROUP BY company_id) AS b
            USING (company_id)
        FULL JOIN (SELECT company_id, sum(amount - returned) AS owed FROM billing_excess GROUP BY company_id) AS x
            USING (company_id)
        WHERE coalesce(p.taken, 0) <> coalesce(o.paid, 0) + coalesce(b.balance, 0) + coalesce(x.owed, 0)
        """,
    ),
    Invariant(
        "M2a",
        "每笔缴费的冲抵与预存之和 = 缴费金额, 且分项相符; 冲正的全部退回",
        f"""
        SELECT p.id, p.number, p.state, p.amount, a.principal, a.late_fee, e.prepaid, a.net + e.net AS net
        FROM payments_payment AS p
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE direction = 'in' AND kind = 'principal'), 0) AS principal,
                coalesce(sum(amount) FILTER (WHERE direction = 'in' AND kind = 'late_fee'), 0) AS late_fee,
                coalesce(sum({SIGNED}), 0) AS net
            FROM billing_allocation WHERE payment_id = p.id) AS a ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE direction = 'in'), 0) AS prepaid,
                coalesce(sum({SIGNED}), 0) AS net
            FROM billing_prepaymententry WHERE payment_id = p.id)
            AS e ON true
        WHERE CASE p.state
            WHEN 'succeeded' THEN (p.principal, p.late_fee, p.prepaid) <> (a.principal, a.late_fee, e.prepaid)
                OR p.amount <> a.net + e.net
            WHEN 'reversed' THEN (p.principal, p.late_fee, p.prepaid) <> (a.principal, a.late_fee, e.prepaid)
                OR a.net + e.net <> 0
            ELSE a.principal + a.late_fee + e.prepaid <> 0 END
        """,
    ),
    Invariant(
        "M2b",
        "订单已缴 = 冲抵之和, 不为负, 不超过应缴",
        f"""
        SELECT o.id, o.number, o.paid, o.late_paid, o.principal, a.principal AS allocated, a.late_fee AS late_allocated
        FROM billing_order AS o
        LEFT JOIN (
            SELECT order_id, sum({SIGNED}) FILTER (WHERE kind = 'principal') AS principal,
                sum({SIGNED}) FILTER (WHERE kind = 'late_fee') AS late_fee
            FROM billing_allocation GROUP BY order_id) AS a ON a.order_id = o.id
        WHERE o.paid <> coalesce(a.principal, 0) OR o.late_paid <> coalesce(a.late_fee, 0)
            OR o.paid < 0 OR o.late_paid < 0 OR o.paid > o.principal
        """,
    ),
    Invariant(
        "M3a",
        "每张凭证借贷相等, 至少两行",
        f"""
        SELECT g.id, g.source, count(e.id) AS entries, sum({NET}) AS difference
        FROM billing_ledgergroup AS g LEFT JOIN billing_ledgerentry AS e ON e.group_id = g.id
        GROUP BY g.id, g.source HAVING count(e.id) < 2 OR sum({NET}) <> 0
        """,
    ),
    Invariant(
        "M3b",
        "每笔成功或冲正的缴费恰有一张凭证, 没有无来源的凭证",
        """
        SELECT p.id, p.number, p.state, wanted.source FROM payments_payment AS p
        CROSS JOIN LATERAL (VALUES ('payment:' || p.id || ':settle', true),
            ('payment:' || p.id || ':reverse', p.state = 'reversed')) AS wanted (source, due)
        LEFT JOIN billing_ledgergroup AS g ON g.source = wanted.source
        WHERE p.state IN ('succeeded', 'reversed') AND wanted.due <> (g.id IS NOT NULL)
        UNION ALL
        SELECT g.id, g.source, 'no event', g.source FROM billing_ledgergroup AS g
        WHERE CASE split_part(g.source, ':', 1)
            WHEN 'payment' THEN NOT EXISTS (SELECT FROM payments_payment AS p
                WHERE p.id = split_part(g.source, ':', 2)::bigint AND p.state IN ('succeeded', 'reversed'))
            WHEN 'order' THEN NOT EXISTS (
                SELECT FROM billing_order AS o WHERE o.id = split_part(g.source, ':', 2)::bigint)
            WHEN 'bill_run' THEN NOT EXISTS (
                SELECT FROM billing_billrun AS r WHERE r.id = split_part(g.source, ':', 2)::bigint)
            WHEN 'change' THEN NOT EXISTS (SELECT FROM property_changerequest AS c
                WHERE c.id = split_part(g.source, ':', 2)::bigint AND c.state = 'approved')
            ELSE false END
        """,
    ),
    Invariant(
        "M3c",
        "每张应缴大于零的订单都在其开单凭证之内",
        """
        SELECT o.id, o.number, o.bill_run_id, o.building_id FROM billing_order AS o
        LEFT JOIN billing_ledgergroup AS g ON g.source = 'bill_run:' || o.bill_run_id || ':' || o.building_id
        WHERE o.bill_run_id IS NOT NULL AND o.principal > 0 AND g.id IS NULL
            AND NOT EXISTS (SELECT FROM billing_ledgerentry AS e WHERE e.order_id = o.id AND e.account = 'receivable')
            -- A 单元 that moved was billed with the 楼幢 that it stood in then.
            AND NOT EXISTS (SELECT FROM property_room AS r JOIN audit_record AS a ON a.target_id = r.unit_id
                AND a.target_type = 'property.unit' AND a.event = 'unit.move' WHERE r.id = o.room_id)
        """,
    ),
    Invariant(
        "M4a",
        "应收科目余额 = 订单未缴本金之和",
        f"""
        SELECT company_id, coalesce(l.balance, 0) AS ledger, coalesce(o.open, 0) AS orders
        FROM (SELECT g.company_id, sum({NET}) AS balance FROM billing_ledgerentry AS e
              JOIN billing_ledgergroup AS g ON g.id = e.group_id WHERE e.account = 'receivable'
              GROUP BY g.company_id) AS l
        FULL JOIN (SELECT company_id, sum(principal - paid) AS open FROM billing_order
              WHERE state NOT IN ('void', 'refunded') GROUP BY company_id) AS o USING (company_id)
        WHERE coalesce(l.balance, 0) <> coalesce(o.open, 0)
        """,
    ),
    Invariant(
        "M4b",
        "现金与各渠道清算科目余额 = 该渠道成功缴费之和",
        f"""
        SELECT company_id, account, coalesce(l.balance, 0) AS ledger, coalesce(p.taken, 0) AS payments
        FROM (SELECT g.company_id, e.account, sum({NET}) AS balance FROM billing_ledgerentry AS e
              JOIN billing_ledgergroup AS g ON g.id = e.group_id
              WHERE e.account = 'cash' OR e.account LIKE 'clearing:%' GROUP BY g.company_id, e.account) AS l
        FULL JOIN (SELECT company_id, CASE channel WHEN 'cash' THEN 'cash' ELSE 'clearing:' || channel END AS account,
              sum(amount) AS taken FROM payments_payment WHERE state = 'succeeded' AND channel <> 'prepaid'
              GROUP BY 1, 2) AS p USING (company_id, account)
        WHERE coalesce(l.balance, 0) <> coalesce(p.taken, 0)
        """,
    ),
    Invariant(
        "M4c",
        "预存款余额 = 流水之和 = 科目余额, 任何时刻不为负",
        f"""
        SELECT 'balance' AS what, p.id, p.balance, coalesce(sum({SIGNED}), 0) AS entries
        FROM billing_prepayment AS p LEFT JOIN billing_prepaymententry AS e ON e.prepayment_id = p.id
        GROUP BY p.id, p.balance HAVING p.balance <> coalesce(sum({SIGNED}), 0)
        UNION ALL
        SELECT 'negative', prepayment_id, min(running), 0 FROM (
            SELECT prepayment_id, sum({SIGNED}) OVER (PARTITION BY prepayment_id ORDER BY id) AS running
            FROM billing_prepaymententry) AS r
        GROUP BY prepayment_id HAVING min(running) < 0
        UNION ALL
        SELECT 'ledger', NULL, a.total, b.total
        FROM (SELECT coalesce(-sum({NET}), 0) AS total FROM billing_ledgerentry WHERE account = 'prepayment') AS a,
            (SELECT coalesce(sum(balance), 0) AS total FROM billing_prepayment) AS b
        WHERE a.total <> b.total
        """,
    ),
    Invariant(
        "M4d",
        "滞纳金收入科目 = 订单已缴滞纳金之和",
        f"""
        SELECT a.total AS ledger, b.total AS orders
        FROM (SELECT coalesce(-sum({NET}), 0) AS total FROM billing_ledgerentry WHERE account = 'late_income') AS a,
            (SELECT coalesce(sum(late_paid), 0) AS total FROM billing_order) AS b
        WHERE a.total <> b.total
        """,
    ),
    Invariant(
        "M4e",
        "挂账科目余额 = 未退挂账之和",
        f"""
        SELECT company_id, coalesce(l.balance, 0) AS ledger, coalesce(x.owed, 0) AS owed
        FROM (SELECT g.company_id, -sum({NET}) AS balance FROM billing_ledgerentry AS e
              JOIN billing_ledgergroup AS g ON g.id = e.group_id WHERE e.account = 'excess'
              GROUP BY g.company_id) AS l
        FULL JOIN (SELECT company_id, sum(amount - returned) AS owed FROM billing_excess
              GROUP BY company_id) AS x USING (company_id)
        WHERE coalesce(l.balance, 0) <> coalesce(x.owed, 0)
        """,
    ),
    Invariant(
        "M6",
        "金额列都是 numeric(14,2), 没有浮点列; 缴费金额在 0.01 与 99,999,999.99 之间",
        """
        SELECT table_name, column_name, data_type, numeric_scale FROM information_schema.columns
        WHERE table_schema = 'public' AND (data_type IN ('real', 'double precision', 'money')
            OR (column_name IN ('amount', 'balance', 'principal', 'paid', 'late_accrued', 'late_paid', 'prepaid', 'due')
                AND (data_type <> 'numeric' OR numeric_precision <> 14 OR numeric_scale <> 2)))
        UNION ALL
        SELECT 'payments_payment', number, amount::text, 2 FROM payments_payment
        WHERE amount <= 0 OR amount > 99999999.99
        """,
    ),
    Invariant(
        "M7",
        "每户每季每类费用只有一张有效订单",
        """
        SELECT room_id, season_id, fee_kind, seq, count(*) AS orders FROM billing_order
        WHERE state NOT IN ('refunded', 'void') GROUP BY 1, 2, 3, 4 HAVING count(*) > 1
        """,
    ),
)
