"""The single processes: pages, live gateway, worker."""

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from hearth.project import environment
from hearth.project.logs import configure_logging
from hearth.project.supervisor import end_with_parent


def web_command(host: str) -> list[str]:
    """How granian is started: WSGI with threads; one process on SQLite, ``WORKERS`` on PostgreSQL."""
    on_postgres = environment.on_postgres()
    workers = environment.number("WORKERS", 2) if on_postgres else 1
    return [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--no-ws", "--host", host, "--port", str(environment.web_port())),
        *(
            "--workers",
            str(workers),
            "--blocking-threads",
            str(environment.number("HEARTH_THREADS", max(4, 2 * (os.cpu_count() or 2)))),
        ),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"),
        "hearth.project.wsgi:application",
    ]


def web(*, host: str) -> None:
    """Become the pages' server. Does not return."""
    end_with_parent()
    (environment.home() / "static").mkdir(exist_ok=True)  # whitenoise wants it to exist
    command = web_command(host)
    os.execv(command[0], command)  # noqa: S606  our own program and arguments


def gateway() -> int:
    """Run the live gateway until asked to end."""
    end_with_parent()
    configure_logging("gateway")
    import_module("hearth.conversation.gateway").run()
    return 0


def worker() -> int:
    """Run the worker until SIGTERM or SIGINT. Exit code 1 when a job did not come to its end in time.

    Such a job is not lost: its lease runs out, or the next worker sees that this process is gone, and it goes on.
    """
    end_with_parent()
    configure_logging("worker")
    working = import_module("hearth.core.working").Worker()

    def end(_signal: int, _frame: Any) -> None:
        working.ask_to_end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return 0 if working.run() else 1
