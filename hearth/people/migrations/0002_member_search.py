"""Members found by an index: terms beside their names, FTS5 over them on SQLite, a tsvector's GIN on PostgreSQL."""

from django.db import migrations

from hearth.core.schema import BesideModels

import hearth.people.models.member
from hearth.kit.search_terms import lookup_terms

BATCH = 500
OF = ("display_name", "real_name", "hospital", "department")

# The table of members holds the text (external content). Whoever rebuilds that table must make these anew: SQLite drops
# triggers with it. tests/test_finding.py would say so.
FOLLOW = (
    "CREATE VIRTUAL TABLE people_member_search USING fts5"
    "(search_terms, content='people_member', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO people_member_search (people_member_search) VALUES ('rebuild')",
    "CREATE TRIGGER people_member_search_comes AFTER INSERT ON people_member BEGIN "
    "INSERT INTO people_member_search (rowid, search_terms) VALUES (new.id, new.search_terms); END",
    "CREATE TRIGGER people_member_search_goes AFTER DELETE ON people_member BEGIN "
    "INSERT INTO people_member_search (people_member_search, rowid, search_terms) "
    "VALUES ('delete', old.id, old.search_terms); END",
    "CREATE TRIGGER people_member_search_changes AFTER UPDATE OF search_terms ON people_member "
    "WHEN old.search_terms <> new.search_terms BEGIN "
    "INSERT INTO people_member_search (people_member_search, rowid, search_terms) "
    "VALUES ('delete', old.id, old.search_terms); "
    "INSERT INTO people_member_search (rowid, search_terms) VALUES (new.id, new.search_terms); END",
)


def fill(apps, editor):
    """The terms of members who are there already."""
    members = apps.get_model("people", "Member")._base_manager
    last = 0
    while rows := list(members.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            row.search_terms = lookup_terms(*(getattr(row, name) for name in OF))
        members.bulk_update(rows, ["search_terms"])
        last = rows[-1].pk


def make_index(apps, editor):
    """The index of the database at hand."""
    if editor.connection.vendor == "sqlite":
        for statement in FOLLOW:
            editor.execute(statement)
        return
    editor.execute(
        "CREATE INDEX people_member_search ON people_member "
        "USING gin (array_to_tsvector(string_to_array(search_terms, ' ')))"
    )


class Migration(migrations.Migration):
    """people_member_search."""

    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.AddField("member", "search_terms", hearth.people.models.member.LookupTerms()),
        migrations.RunPython(fill, migrations.RunPython.noop),
        BesideModels(make_index, migrations.RunPython.noop),
    ]
