"""Orders: figures, lines and sums follow from what is stored with them."""

from billing.bulk.pricing import paid
from reports.books.invariant import Invariant

LIVING = "state NOT IN ('void', 'refunded')"

FACTS = f"""
SELECT o.id AS key, o.priced_on AS price_on, o.version_id, o.floor_area, o.inner_area, o.height, o.vacancy, o.relief,
    o.heated_days::integer AS heated_days
FROM billing_order AS o WHERE o.version_id IS NOT NULL AND o.{LIVING}
"""

HISTORY = """
SELECT key, day, sum(amount) AS amount FROM (
    SELECT a.order_id AS key, a."on" AS day, CASE
        WHEN a.kind <> 'principal' THEN 0.00 WHEN a.direction = 'in' THEN a.amount ELSE -a.amount END AS amount
    FROM billing_allocation AS a JOIN billing_order AS o ON o.id = a.order_id AND a."on" <= o.priced_on
    UNION ALL
    SELECT id, closed_on, 0.00 FROM billing_order WHERE closed_on <= priced_on
) AS moves GROUP BY key, day
"""

SUMS = """
SELECT season_id, building_id, product_kind, count(*) AS orders, sum(charge_area) AS charge_area,
    sum(principal) AS principal, sum(paid) AS paid, sum(late_accrued) AS late_accrued, sum(late_waived) AS late_waived,
    sum(late_paid) AS late_paid, sum(discount) AS discount,
    coalesce(sum(standard_fee - line_amount) FILTER (WHERE line = 'relief'), 0) AS relief_saved,
    count(*) FILTER (WHERE line = 'vacancy') AS vacancy_orders, count(*) FILTER (WHERE state = 'paid') AS paid_orders,
    coalesce(sum(charge_area) FILTER (WHERE state = 'paid'), 0) AS paid_area
"""
FIGURES = (
    "orders, charge_area, principal, paid, late_accrued, late_waived, late_paid, discount, relief_saved,"
    " vacancy_orders, paid_orders, paid_area"
)

ORDERS = (
    Invariant(
        "O1",
        "订单按其存下的数据重新计价, 计费类别, 本金, 滞纳金不变",
        f"""
        WITH {paid(FACTS, HISTORY)}
        SELECT o.id, o.number, o.priced_on, o.line, p.line AS line_again, o.principal,
            p.principal AS principal_again, o.late_accrued, p.late_fee AS late_again
        FROM priced AS p JOIN billing_order AS o ON o.id = p.key
        WHERE (o.line, o.line_amount, o.principal, o.late_accrued, o.standard_fee, o.charge_area)
            <> (p.line, p.line_amount, p.principal, p.late_fee, p.standard_fee, p.charge_area)
        """,
    ),
    Invariant(
        "O2",
        "订单明细之和 = 应缴本金",
        f"""
        SELECT o.id, o.number, o.principal, sum(l.sign * l.amount) AS lines FROM billing_order AS o
        LEFT JOIN billing_orderline AS l ON l.order_id = o.id WHERE o.{LIVING}
        GROUP BY o.id, o.number, o.principal HAVING coalesce(sum(l.sign * l.amount), -1) <> o.principal
        """,
    ),
    Invariant(
        "O3",
        "欠费为零的订单是已缴, 有缴费的是部分缴费, 其余是待缴",
        f"""
        SELECT id, number, state, due, paid, late_paid FROM billing_order
        WHERE {LIVING} AND state <> CASE WHEN due = 0 THEN 'paid' WHEN paid + late_paid > 0 THEN 'partial'
            ELSE 'unpaid' END
        """,
    ),
    Invariant(
        "O4",
        "订单的户室, 合同, 产品版本都在, 且合同属于该户室和采暖季",
        """
        SELECT o.id, o.number, r.id AS room, c.id AS contract, v.id AS version FROM billing_order AS o
        LEFT JOIN property_room AS r ON r.id = o.room_id
        LEFT JOIN billing_contract AS c ON c.id = o.contract_id
        LEFT JOIN billing_productversion AS v ON v.id = o.version_id
        WHERE r.id IS NULL OR (o.contract_id IS NOT NULL AND (c.id IS NULL OR c.room_id <> o.room_id
            OR c.season_id <> o.season_id)) OR (o.version_id IS NOT NULL AND v.id IS NULL)
        """,
    ),
    Invariant(
        "O5",
        "汇总表 = 订单之和",
        f"""
        WITH sums AS ({SUMS} FROM billing_order WHERE {LIVING} GROUP BY season_id, building_id, product_kind)
        SELECT 'orders' AS side, * FROM (
            SELECT season_id, building_id, product_kind, {FIGURES} FROM sums
            EXCEPT SELECT season_id, building_id, product_kind, {FIGURES} FROM billing_seasonrollup) AS a
        UNION ALL
        SELECT 'rollup', * FROM (
            SELECT season_id, building_id, product_kind, {FIGURES} FROM billing_seasonrollup
            WHERE orders <> 0 OR principal <> 0 OR paid <> 0 OR late_paid <> 0
            EXCEPT SELECT season_id, building_id, product_kind, {FIGURES} FROM sums) AS b
        """,
    ),
    Invariant(
        "O6",
        "汇总表的机构和小区就是其订单的",
        f"""
        SELECT s.id, s.building_id, s.office_id, s.community_id, o.number FROM billing_seasonrollup AS s
        JOIN billing_order AS o USING (season_id, building_id, product_kind)
        WHERE o.{LIVING} AND (s.office_id, s.community_id) <> (o.office_id, o.community_id)
        """,
    ),
    Invariant(
        "O7",
        "户室的机构, 小区, 楼幢就是其单元所在的; 未结采暖季的合同随户室",
        """
        SELECT r.id, r.account_no, c.id AS community, b.id AS building FROM property_room AS r
        JOIN property_unit AS u ON u.id = r.unit_id JOIN property_building AS b ON b.id = u.building_id
        JOIN property_community AS c ON c.id = b.community_id
        WHERE (r.office_id, r.community_id, r.building_id) <> (c.office_id, c.id, b.id)
        UNION ALL
        SELECT r.id, r.account_no, k.community_id, k.building_id FROM billing_contract AS k
        JOIN property_room AS r ON r.id = k.room_id JOIN billing_season AS s ON s.id = k.season_id
        WHERE s.current AND k.state = 'approved'
            AND (r.office_id, r.community_id, r.building_id) <> (k.office_id, k.community_id, k.building_id)
        """,
    ),
)
