"""How a command gets at its function: loaded when used, with Django set up where it needs the database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

UsageError: Any = typer.BadParameter.__bases__[0]  # typer brings click along and shows this child of it alone
BEHIND = ("no such table", "no such column", "does not exist")  # as SQLite and PostgreSQL say it


@contextmanager
def _as_error() -> Iterator[None]:
    try:
        yield
    except UsageError as wrong:
        wrong.exit_code = 1
        raise


class Commands(TyperGroup):
    """Commands that end with 1 when they cannot be read: 2 says that a plan has something to do."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the words before the command."""
        with _as_error():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Read the command with its words, and do it."""
        with _as_error():
            return super().invoke(ctx)


def do(module: str, function: str, **values: Any) -> None:
    """Call a command's function; what it returns is the exit code."""
    code = getattr(import_module(module), function)(**values)
    raise typer.Exit(int(code or 0))


def do_with_django(module: str, function: str, **values: Any) -> None:
    """The same once Django is set up, which loads every module."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    import_module("django").setup()
    told = import_module("django.db.utils")
    try:
        do(module, function, **values)
    except (told.OperationalError, told.ProgrammingError) as error:
        if not any(words in str(error) for words in BEHIND):
            raise
        typer.echo("The database is not made yet, or older than this version. Run first: hearth migrate", err=True)
        raise typer.Exit(1) from None  # 2 says that a plan has something to do
