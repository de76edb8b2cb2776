"""What the surroundings tell Hearth: the folder of its state, the database, addresses, secrets. No Django here."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The folder that holds all state of this installation: ``HEARTH_HOME``, default ``./.hearth``; made if missing."""
    path = Path(os.environ.get("HEARTH_HOME") or ".hearth").resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def secret(name: str) -> str:
    """A secret kept in ``HEARTH_HOME/secrets/``, made on first use and readable by the owner alone.

    ``HEARTH_<NAME>`` in the environment wins, for installations that keep secrets elsewhere.
    """
    from_environment = os.environ.get(f"HEARTH_{name.upper()}")
    if from_environment:
        return from_environment
    folder = home() / "secrets"
    folder.mkdir(exist_ok=True, mode=0o700)
    file = folder / name
    if not file.exists():
        # Processes of a new house start together: the name appears with the whole secret behind it, for one of them.
        mine = folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(mine, file)
        mine.unlink()
    return file.read_text().strip()


def web_port() -> int:
    """The port of the pages: ``PORT``, default 8000."""
    return int(os.environ.get("PORT") or 8000)


def gateway_port() -> int:
    """The port of the live gateway when no proxy stands before both: ``HEARTH_GATEWAY_PORT``, default PORT + 1."""
    return int(os.environ.get("HEARTH_GATEWAY_PORT") or web_port() + 1)


def flag(name: str) -> bool:
    """True when the environment variable ``name`` is set to 1, true, yes or on."""
    return (os.environ.get(name) or "").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """The whole number in an environment variable. Raises ValueError with the variable's name for anything else."""
    raw = os.environ.get(name) or str(default)
    if not raw.isdigit():
        raise ValueError(f"{name} is {raw!r}; give a whole number")
    return int(raw)


def on_postgres() -> bool:
    """Whether ``DATABASE_URL`` names a PostgreSQL database."""
    return (os.environ.get("DATABASE_URL") or "").startswith(("postgres://", "postgresql://"))


def words(name: str) -> list[str]:
    """The comma-separated words of an environment variable."""
    return [word.strip() for word in (os.environ.get(name) or "").split(",") if word.strip()]


SQLITE_OPTIONS = {
    # Waiting writers queue for up to 20 s; every transaction of ours is short.
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # FULL, not NORMAL: with NORMAL acknowledged rows are lost when the power fails.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
        "PRAGMA mmap_size=268435456; PRAGMA cache_size=-32768; PRAGMA journal_size_limit=67108864;"
    ),
}


def database() -> dict[str, Any]:
    """Django's database settings from ``DATABASE_URL``; without it SQLite in ``HEARTH_HOME/hearth.db``.

    Raises ValueError for an address that is neither ``sqlite:///path`` nor ``postgres://user:password@host/name``.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        return {"ENGINE": "hearth.core.sqlite", "NAME": home() / "hearth.db", "OPTIONS": dict(SQLITE_OPTIONS)}
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(unquote(parts.path[1:])) if parts.path.startswith("/") else Path("hearth.db")
        return {"ENGINE": "hearth.core.sqlite", "NAME": path, "OPTIONS": dict(SQLITE_OPTIONS)}
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ValueError(f"DATABASE_URL starts with {parts.scheme!r}; use postgres:// or sqlite:///")
