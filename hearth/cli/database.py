"""Commands that touch the database's shape and first contents."""

from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

LOGINS = "demo-logins.txt"


def migrate(*, check: bool, quiet: bool) -> int:
    """Apply what is missing, or with ``check`` only say whether something is: 1 then."""
    if check:
        try:
            call_command("migrate", check_unapplied=True, verbosity=0)
        except SystemExit as told:
            return int(told.code or 0)
        return 0
    call_command("migrate", verbosity=0 if quiet else 1, interactive=False)
    return 0


def load_demo() -> int:
    """Bring the database up to date, make the demo community unless it exists, keep its logins for the start."""
    migrate(check=False, quiet=True)
    logins = import_module("hearth.project.demo.load").load_demo()
    folder = Path(settings.HEARTH_HOME) / "run"
    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / LOGINS).write_text(str(logins))
    return 0


def collect() -> int:
    """Gather, hash and compress the static files into ``HEARTH_HOME/static``."""
    call_command("collectstatic", interactive=False, verbosity=0)
    return 0
