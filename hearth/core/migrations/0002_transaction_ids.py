"""PostgreSQL: whoever writes a fact takes a transaction id first, so that readers can tell when a gap is final."""

from django.db import migrations

from hearth.core.schema import BesideModels

TRIGGER = """
CREATE FUNCTION core_fact_takes_transaction_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN NULL;
END $$;
CREATE TRIGGER core_fact_takes_transaction_id BEFORE INSERT ON core_fact
    FOR EACH STATEMENT EXECUTE FUNCTION core_fact_takes_transaction_id();
"""

UNDO = """
DROP TRIGGER core_fact_takes_transaction_id ON core_fact;
DROP FUNCTION core_fact_takes_transaction_id();
"""


def make(apps, editor):
    """Only where ids commit out of order; SQLite has one writer and needs none."""
    if editor.connection.vendor == "postgresql":
        editor.execute(TRIGGER)


def undo(apps, editor):
    """Take the trigger away."""
    if editor.connection.vendor == "postgresql":
        editor.execute(UNDO)


class Migration(migrations.Migration):
    """The statement trigger on core_fact; ids are given out row by row after it."""

    dependencies = [("core", "0001_initial")]
    operations = [BesideModels(make, undo)]
