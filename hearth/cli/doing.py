"""How a command gets at its function: loaded when used, with Django set up where it needs the database."""

import os
from importlib import import_module
from typing import Any

import typer

BEHIND = ("no such table", "no such column", "does not exist")  # as SQLite and PostgreSQL say it


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
