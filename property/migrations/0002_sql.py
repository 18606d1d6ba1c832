"""What models cannot say: the sequences of numbers, and the indexes behind the search (docs/architecture.md)."""

from django.db import migrations

SEQUENCES = """
CREATE SEQUENCE property_owner_number;
CREATE SEQUENCE property_change_number;
"""

# The 1- and 2-character pieces of a name, for a GIN index: trigrams do not help Chinese names of two characters.
# Restricted, since starting parallel workers costs more than a search of a few hundred rows.
PIECES = """
CREATE FUNCTION property_pieces(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL RESTRICTED AS $$
    SELECT array_agg(DISTINCT substr(w, i, n))
    FROM lower(words) AS w, generate_series(1, length(w)) AS i, (VALUES (1), (2)) AS size (n)
    WHERE i + n - 1 <= length(w)
$$
"""
INDEXES = {
    "owner_name_pieces": "property_owner USING gin (property_pieces(name))",
    "owner_phone_tail": "property_owner (reverse(phone::text) text_pattern_ops)",
    "owner_phone2_tail": "property_owner (reverse(phone2::text) text_pattern_ops) WHERE phone2 <> ''",
    "owner_first_character": "property_owner (left(lower(name::text), 1))",
    "building_number": "property_building (sort_key varchar_pattern_ops)",
}


class Migration(migrations.Migration):
    dependencies = [("property", "0001_initial")]
    operations = [
        migrations.RunSQL(SEQUENCES, "DROP SEQUENCE property_owner_number, property_change_number"),
        migrations.RunSQL(PIECES, "DROP FUNCTION property_pieces(text)"),
        *(migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}") for name, what in INDEXES.items()),
    ]
