"""The full-text index: FTS5 over bigrams on SQLite, a tsvector of the same terms on PostgreSQL."""

from django.db import migrations

from hearth.core.schema import BesideModels


# Not a foreign key: Django truncates only tables that it knows, and PostgreSQL refuses while another one refers to them.
FOLLOW = """
CREATE FUNCTION conversation_search_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM conversation_search;
    ELSE
        DELETE FROM conversation_search WHERE message_id = OLD.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER conversation_search_follows AFTER DELETE ON conversation_message
    FOR EACH ROW EXECUTE FUNCTION conversation_search_follows();
CREATE TRIGGER conversation_search_empties AFTER TRUNCATE ON conversation_message
    FOR EACH STATEMENT EXECUTE FUNCTION conversation_search_follows();
"""


def make_index(apps, editor):
    """Create the index table of the database at hand."""
    if editor.connection.vendor == "sqlite":
        editor.execute(
            "CREATE VIRTUAL TABLE conversation_search USING fts5"
            "(body, content='', tokenize=\"unicode61 remove_diacritics 2\")"
        )
        return
    editor.execute("CREATE TABLE conversation_search (message_id bigint PRIMARY KEY, document tsvector NOT NULL)")
    editor.execute("CREATE INDEX conversation_search_document ON conversation_search USING gin (document)")
    editor.execute(FOLLOW)


class Migration(migrations.Migration):
    """conversation_search."""

    dependencies = [("conversation", "0002_initial")]
    operations = [BesideModels(make_index, migrations.RunPython.noop)]
