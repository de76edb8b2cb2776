"""The protecting headers that every answer carries, whatever it is."""

from collections.abc import Mapping

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def directives(policy: str) -> dict[str, str]:
    """A Content-Security-Policy by its directives."""
    parts = (part.strip().partition(" ") for part in policy.split(";") if part.strip())
    return {name: sources.strip() for name, _space, sources in parts}


def missing_headers(headers: Mapping[str, str]) -> list[str]:
    """What an answer lacks, in words."""
    found = [f"{name} is {headers.get(name)!r}" for name, value in WANTED.items() if headers.get(name) != value]
    told = directives(headers.get("Content-Security-Policy", ""))
    if told.get("default-src") not in {"'self'", "'none'"}:
        found.append(f"default-src is {told.get('default-src')!r}")
    if told.get("frame-ancestors") != "'none'":
        found.append("may be framed")
    for name, sources in told.items():
        if "unsafe" in sources or sources == "*" or (name in {"script-src", "style-src"} and sources != "'self'"):
            found.append(f"{name} allows {sources}")
    return found
