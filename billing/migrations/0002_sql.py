"""What models cannot say: sequences of numbers, and exact helpers of the set-based road (quotient, months, points)."""

from django.db import migrations

SEQUENCES = """
CREATE SEQUENCE billing_order_number;
CREATE SEQUENCE billing_contract_number;
CREATE SEQUENCE billing_roll_number;
"""
DROP_SEQUENCES = "DROP SEQUENCE billing_order_number, billing_contract_number, billing_roll_number"

CREATE = """
CREATE FUNCTION billing_share(numerator numeric, denominator numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN div(200 * numerator + denominator, 2 * denominator) * 0.01;

CREATE FUNCTION billing_add_months(start date, months integer) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (start + make_interval(months => months))::date;

CREATE FUNCTION billing_months(start date, day date) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN day < start THEN -1 ELSE (
    SELECT k - (billing_add_months(start, k) > day)::integer
    FROM (SELECT ((extract(year FROM day) - extract(year FROM start)) * 12
                  + extract(month FROM day) - extract(month FROM start))::integer AS k) AS months
) END;

CREATE FUNCTION billing_late_points(method text, start date, day date) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN day < start THEN 0
    WHEN method = 'percent' THEN 1
    WHEN method = 'daily' THEN day - start + 1
    ELSE billing_months(start, day) + 1
END;
"""

DROP = """
DROP FUNCTION billing_late_points(text, date, date);
DROP FUNCTION billing_months(date, date);
DROP FUNCTION billing_add_months(date, integer);
DROP FUNCTION billing_share(numeric, numeric);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunSQL(SEQUENCES, DROP_SEQUENCES), migrations.RunSQL(CREATE, DROP)]
