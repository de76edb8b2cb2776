"""PostgreSQL stamps each fact with its transaction, so that readers stay below the oldest one running."""

from django.db import migrations


def stamp_facts(apps, editor):
    """Set the column's default; SQLite has one writer and needs none."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "ALTER TABLE core_fact ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint)"
        )
        editor.execute("CREATE INDEX core_fact_by_transaction ON core_fact (transaction_id)")


class Migration(migrations.Migration):
    """Default for core_fact.transaction_id."""

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(stamp_facts, migrations.RunPython.noop)]
