"""A sequence that names the ledger groups of the daily roll."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_bulk_load")]
    operations = [migrations.RunSQL("CREATE SEQUENCE billing_roll_number", "DROP SEQUENCE billing_roll_number")]
