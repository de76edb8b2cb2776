"""The tables of a new house, made at once from the models.

Going through all migrations makes the same tables by hundreds of small changes, and for each of them Django builds all
models anew: most of a newcomer's first minute. A house that has tables goes through migrations as ever. What models
cannot say (triggers, word indexes) stands in migrations as ``BesideModels`` and is made either way;
``tests/test_schema.py`` holds that both ways end in the same schema.
"""

from typing import cast

from django.apps import apps
from django.db import migrations, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps

_LOCK = 0x48454152  # of PostgreSQL's advisory locks, for whoever lays the tables


class BesideModels(migrations.RunPython):
    """A part of the schema that no model says: a trigger, an index of words. It asks for no rows."""


def is_new(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has none of our tables."""
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return not MigrationRecorder(connection).has_table() and ours.isdisjoint(connection.introspection.table_names())


def lay(connection: BaseDatabaseWrapper, *, unmigrated: bool = False) -> bool:
    """Make all tables in an empty database, also of apps that are ``unmigrated`` if so told, and note all migrations as
    applied.

    All, or nothing at all, however it is ended. False when another process did it meanwhile.
    """
    loader = MigrationLoader(connection)
    labels = loader.migrated_apps | (loader.unmigrated_apps if unmigrated else set())
    with connection.schema_editor(atomic=True) as editor:
        if connection.vendor == "postgresql":  # SQLite has one writer
            editor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if not is_new(connection):
            return False
        editor.create_model(MigrationRecorder.Migration)
        for model in apps.get_models():
            if model._meta.app_label in labels and _has_table(model):
                editor.create_model(model)
        for app, name in _in_order(loader):
            for operation in loader.disk_migrations[app, name].operations:
                if isinstance(operation, BesideModels):
                    operation.code(cast(StateApps, apps), editor)
            MigrationRecorder(connection).migration_qs.create(app=app, name=name)
    return True


def _has_table(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and not model._meta.swapped


def _in_order(loader: MigrationLoader) -> list[tuple[str, str]]:
    """The migrations as they would be applied, each once."""
    plans = (loader.graph.forwards_plan(leaf) for leaf in loader.graph.leaf_nodes())
    return list(dict.fromkeys(key for plan in plans for key in plan))
