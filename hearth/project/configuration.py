"""Every environment variable that Hearth reads, in one table; docs and a test follow it."""

from typing import NamedTuple


class Variable(NamedTuple):
    """One variable: its default in words, and what it does."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("HEARTH_HOME", "`./.hearth`", "Folder of all state: database, media, secrets, mails not sent."),
    Variable("PORT", "8000", "Port of the pages."),
    Variable("HEARTH_GATEWAY_PORT", "PORT + 1", "Port of the live gateway."),
    Variable("HEARTH_BIND", "127.0.0.1", "Address that pages and gateway listen on."),
    Variable("HEARTH_PUBLIC_URL", "none", "Address people type, such as `https://community.example`; used in mails."),
    Variable(
        "HEARTH_PROXIES",
        "1 with HEARTH_PUBLIC_URL, else 0",
        "Proxies before the pages; limits on signing in count by the address that the outermost of them saw.",
    ),
    Variable("HEARTH_HOSTS", "this machine", "Host names that the pages answer to, separated by commas."),
    Variable("HEARTH_GATEWAY_URL", "none", "Address of the gateway behind a proxy, such as `wss://community.example`."),
    Variable("DATABASE_URL", "SQLite in HEARTH_HOME", "`postgres://user:password@host/name`, or `sqlite:////path`."),
    Variable("WORKERS", "2", "Processes of the pages on PostgreSQL; on SQLite there is one."),
    Variable("HEARTH_THREADS", "two per core, at least 4", "Threads of each process of the pages."),
    Variable("HEARTH_COLLECTED", "off", "Serve collected, hashed and compressed static files: for installations."),
    Variable("HEARTH_SECRET_KEY", "made in HEARTH_HOME", "Signs sessions, tickets and the audit log. Never change it."),
    Variable(
        "HEARTH_FIELD_KEYS", "made in HEARTH_HOME", "Keys of encrypted fields, `id:secret`, newest first, by commas."
    ),
    Variable("EMAIL_HOST", "none: mails become files", "SMTP server."),
    Variable("EMAIL_PORT", "587", "Its port."),
    Variable("EMAIL_HOST_USER", "none", "User at the SMTP server."),
    Variable("EMAIL_HOST_PASSWORD", "none", "Password at the SMTP server."),
    Variable("EMAIL_USE_TLS", "off", "Switch to TLS after connecting (port 587)."),
    Variable("EMAIL_USE_SSL", "off", "TLS from the start (port 465)."),
    Variable("EMAIL_FROM", "`Hearth <hearth@localhost>`", "Sender of all mails."),
    Variable("HEARTH_DEMO", "off", "A demonstration: local personas need no second factor, and every page says so."),
    Variable("HEARTH_DEBUG", "off", "Django's debug pages. Never where others can reach it."),
)
