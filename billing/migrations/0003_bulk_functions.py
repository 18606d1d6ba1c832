"""Exact helpers of the set-based road: quotient rounded half up, whole months, points in time that cost a late fee."""

from django.db import migrations

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
    dependencies = [("billing", "0002_numbers")]
    operations = [migrations.RunSQL(CREATE, DROP)]
