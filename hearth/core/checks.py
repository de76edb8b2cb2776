"""Wrong configuration speaks: stable ids, and what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning as Caution, register


@register(Tags.security)
def public_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An installation that others reach must know its own address."""
    if settings.HEARTH_DEMO or settings.HEARTH_PUBLIC_URL or set(settings.ALLOWED_HOSTS) <= {
        "127.0.0.1", "localhost", "[::1]", "testserver",
    }:  # fmt: skip
        return []
    return [
        Caution(
            "HEARTH_PUBLIC_URL is not set, so links in mails will be wrong.",
            hint="Set it to the address people type, such as https://community.example.",
            id="hearth.W001",
        )
    ]


@register(Tags.database)
def sqlite_is_durable(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """SQLite must sync fully: with NORMAL acknowledged messages are lost when the power fails."""
    options = settings.DATABASES["default"].get("OPTIONS", {})
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"] or "synchronous=FULL" in options.get("init_command", ""):
        return []
    return [
        Error("SQLite runs without synchronous=FULL.", hint="Leave DATABASE_URL's options alone.", id="hearth.E001")
    ]
