"""Sequences behind order and contract numbers: never reused, no lock held."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE billing_order_number; CREATE SEQUENCE billing_contract_number;",
            "DROP SEQUENCE billing_order_number; DROP SEQUENCE billing_contract_number;",
        )
    ]
