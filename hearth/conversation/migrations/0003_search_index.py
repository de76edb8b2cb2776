"""The full-text index: FTS5 over bigrams on SQLite, a tsvector of the same terms on PostgreSQL."""

from django.db import migrations


def make_index(apps, editor):
    """Create the index table of the database at hand."""
    if editor.connection.vendor == "sqlite":
        editor.execute(
            "CREATE VIRTUAL TABLE conversation_search USING fts5"
            "(body, content='', tokenize=\"unicode61 remove_diacritics 2\")"
        )
        return
    editor.execute(
        "CREATE TABLE conversation_search (message_id bigint PRIMARY KEY "
        "REFERENCES conversation_message (id) ON DELETE CASCADE, document tsvector NOT NULL)"
    )
    editor.execute("CREATE INDEX conversation_search_document ON conversation_search USING gin (document)")


class Migration(migrations.Migration):
    """conversation_search."""

    dependencies = [("conversation", "0002_initial")]
    operations = [migrations.RunPython(make_index, migrations.RunPython.noop)]
