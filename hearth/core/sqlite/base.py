"""SQLite as Hearth uses it: one place to adjust how connections are opened."""

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangoWrapper


class DatabaseWrapper(DjangoWrapper):
    """Django's wrapper; the options in settings (WAL, FULL, IMMEDIATE) do the work."""
