"""Before a connection stands: where it comes from, and what it shows to be let in. No database here."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import validate_host

PATH, HEALTH = "/live", "/live/health"


@dataclass(frozen=True, slots=True)
class Caller:
    """What a handshake, or the first frame, brought."""

    ticket: str = ""
    token: str = ""
    languages: tuple[str, ...] = ()

    @property
    def shows_something(self) -> bool:
        """Whether there is anything to check."""
        return bool(self.ticket or self.token)


def caller_of(path: str, headers: Mapping[str, str]) -> Caller:
    """The caller as the handshake shows them."""
    query = parse_qs(urlsplit(path).query)
    kind, _space, token = headers.get("Authorization", "").partition(" ")
    wishes = tuple(part.split(";")[0].strip().lower() for part in headers.get("Accept-Language", "").split(","))
    return Caller(
        ticket=query.get("ticket", [""])[0],
        token=token.strip() if kind.lower() == "bearer" else "",
        languages=tuple(wish for wish in wishes if wish and wish != "*")[:8],
    )


def origin_is_ours(origin: str | None, caller: Caller) -> bool:
    """Whether a page of ours asks. Without an Origin only a bearer token comes in: no browser sends one unasked."""
    if origin is None:
        return bool(caller.token)
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    if settings.HEARTH_PUBLIC_URL and origin == settings.HEARTH_PUBLIC_URL.rstrip("/"):
        return True
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return validate_host(host, settings.ALLOWED_HOSTS)
