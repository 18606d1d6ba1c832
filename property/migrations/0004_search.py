"""Indexes behind the search by name, phone tail and ID hash (quality.md §2.2 note 5)."""

from django.db import migrations

PIECES = """
CREATE FUNCTION property_pieces(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT substr(w, i, n))
    FROM lower(words) AS w, generate_series(1, length(w)) AS i, (VALUES (1), (2)) AS size (n)
    WHERE i + n - 1 <= length(w)
$$
"""
INDEXES = {
    "owner_name_pieces": "property_owner USING gin (property_pieces(name))",
    "owner_phone_tail": "property_owner (reverse(phone::text) text_pattern_ops)",
    "owner_phone2_tail": "property_owner (reverse(phone2::text) text_pattern_ops) WHERE phone2 <> ''",
}


class Migration(migrations.Migration):
    dependencies = [("property", "0003_history")]
    operations = [
        migrations.RunSQL(PIECES, "DROP FUNCTION property_pieces(text)"),
        *(migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}") for name, what in INDEXES.items()),
    ]
