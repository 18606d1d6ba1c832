"""Indexes that a search or a page of a list can stop in early (quality.md §2.2 notes 5 and 6)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEXES = {
    "owner_first_character": "property_owner (left(lower(name::text), 1))",
    "building_number": "property_building (sort_key varchar_pattern_ops)",
}
# Starting helpers costs more than what a search of a few hundred rows needs.
ALONE = "ALTER FUNCTION property_pieces(text) PARALLEL RESTRICTED"


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0001_initial'),
        ('property', '0004_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='room',
            name='room_sort',
        ),
        migrations.AlterField(
            model_name='room',
            name='office',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.office', verbose_name='所属机构'),
        ),
        migrations.AddIndex(
            model_name='room',
            index=models.Index(fields=['sort_key', 'id'], name='room_order'),
        ),
        migrations.AddIndex(
            model_name='room',
            index=models.Index(fields=['office', 'sort_key', 'id'], name='room_office_order'),
        ),
        migrations.RemoveIndex(model_name="room", name="room_place"),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["community", "building"], include=("floor_area",), name="room_place"),
        ),
        migrations.RunSQL(ALONE, "ALTER FUNCTION property_pieces(text) PARALLEL SAFE"),
        *(migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}") for name, what in INDEXES.items()),
    ]
