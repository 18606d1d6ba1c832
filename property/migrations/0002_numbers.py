"""Sequences behind owner and request numbers: never reused, no lock held."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("property", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE property_owner_number; CREATE SEQUENCE property_change_number;",
            "DROP SEQUENCE property_owner_number; DROP SEQUENCE property_change_number;",
        )
    ]
