"""Django's own ``migrate``, with a shorter way for a house that has no tables yet."""

from typing import Any

from django.core.management.commands import migrate
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connections

from hearth.core import schema

# Whoever asks for one of these wants Django's own way.
PARTIAL = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """Lay the tables of a new house at once; bring any other up to date by migrations."""

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django's."""
        if any(options[name] for name in PARTIAL) or not self.laid(**options):
            super().handle(*args, **options)

    def laid(self, *, database: str, verbosity: int, interactive: bool, run_syncdb: bool, **_rest: Any) -> bool:
        """Whether there were no tables yet, and now there are."""
        connection = connections[database]
        if not schema.is_new(connection):
            return False
        emit_pre_migrate_signal(verbosity, interactive, database)
        if not schema.lay(connection, unmigrated=run_syncdb):
            return False
        if verbosity:
            self.stdout.write("A new house: all tables are there.")
        emit_post_migrate_signal(verbosity, interactive, database)
        return True
