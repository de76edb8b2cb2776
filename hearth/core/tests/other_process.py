"""How a test reaches its own database from another process."""

from urllib.parse import urlencode

from django.db import connection


def database_url(name: str = "") -> str:
    """The address of the test's database, or of another one on the same PostgreSQL server."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    server = {"host": told["HOST"] or told["OPTIONS"].get("host", ""), "port": told["PORT"]}
    login = f"{told['USER']}:{told['PASSWORD']}@" if told["PASSWORD"] else f"{told['USER']}@"
    return f"postgres://{login}/{name or told['NAME']}?{urlencode({k: v for k, v in server.items() if v})}"
