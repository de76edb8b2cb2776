"""``hearth serve``: web, gateway and worker under one parent, and a word when the first page really answers."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from hearth.project import environment
from hearth.project.logs import configure_logging
from hearth.project.supervisor import Child, Supervisor

log = structlog.get_logger(__name__)

HEARTH = (sys.executable, "-m", "hearth.cli.main")
PATIENCE = 60.0  # seconds to wait for the first page before saying that it is late
LOGINS = "demo-logins.txt"


def serve(*, host: str) -> int:
    """Run the house until SIGTERM or Ctrl-C. 0: ended well; 1: a child had to be killed; 2: it could not start."""
    configure_logging("serve")
    if _run("migrate", "--check") != 0:
        _say("The database is not up to date. Run `hearth migrate`, then start again.")
        return 2
    return _serve(host, lambda: None)


def serve_demo(*, host: str) -> int:
    """Prepare the demo community unless it is there, run the house, and print the personas' logins."""
    configure_logging("serve")
    os.environ["HEARTH_DEMO"] = "1"
    taken = _taken_port(host)
    if taken:
        _say(taken)
        return 2
    if not (_run_folder() / LOGINS).exists():
        _say("Preparing the demo community: 300 members, ninety days of talk. This takes a quarter of a minute, once.")
    code = _run("load-demo")
    if code != 0:
        _say(f"The demo could not be prepared (exit code {code}); the reason stands above.")
        return 2
    return _serve(host, lambda: _say(_demo_logins()))


def _serve(host: str, when_ready: Callable[[], None]) -> int:
    taken = _taken_port(host)
    if taken:
        _say(taken)
        return 2
    if environment.flag("HEARTH_COLLECTED") and _run("collect") != 0:
        _say("The static files could not be collected; the reason stands above.")
        return 2
    children = [Child(name, [*HEARTH, name, *args]) for name, args in _processes(host)]
    supervisor = Supervisor(children)
    supervisor.on_change = lambda: _write_pids(children)
    supervisor.listen_to_signals()
    announcer = threading.Thread(target=_announce, args=(supervisor, host, when_ready), daemon=True)
    announcer.start()
    try:
        return 0 if supervisor.run() else 1
    finally:
        for file in (_run_folder() / "pids.json", _run_folder() / "ready"):
            file.unlink(missing_ok=True)


def _processes(host: str) -> list[tuple[str, list[str]]]:
    return [("web", ["--host", host]), ("gateway", ["--host", host]), ("worker", [])]


def _run(*command: str) -> int:
    """Run one command of ours to its end, with Django, outside this process."""
    return subprocess.run([*HEARTH, *command], check=False).returncode  # noqa: S603  our own commands


def _run_folder() -> Path:
    folder = environment.home() / "run"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def _write_pids(children: list[Child]) -> None:
    """Who runs, for the doctor and for tests: ``HEARTH_HOME/run/pids.json``."""
    told = {"serve": os.getpid(), **{child.name: child.pid for child in children}}
    draft = _run_folder() / "pids.json.new"
    draft.write_text(json.dumps(told))
    draft.replace(_run_folder() / "pids.json")


def _taken_port(host: str) -> str:
    """A sentence when one of our ports is in use, '' otherwise."""
    for what, port, name in (
        ("pages", environment.web_port(), "PORT"),
        ("live gateway", environment.gateway_port(), "HEARTH_GATEWAY_PORT"),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                return f"Port {port} for the {what} cannot be used ({error.strerror}). Set {name} to a free one."
    return ""


def _announce(supervisor: Supervisor, host: str, when_ready: Callable[[], None]) -> None:
    """Wait until the first page answers, then say so; say it too when it takes too long."""
    address, waited = f"http://{host}:{environment.web_port()}/", 0.0
    while not supervisor.ending.is_set():
        if _answers(host, environment.web_port()):
            (_run_folder() / "ready").write_text(address)
            _say(f"Hearth answers on {address}   (Ctrl-C ends it)")
            when_ready()
            return
        supervisor.ending.wait(0.1)
        waited += 0.1
        if PATIENCE <= waited < PATIENCE + 0.1:
            _say(f"The pages on {address} do not answer yet; look at the lines above.")


def _answers(host: str, port: int) -> bool:
    """Whether a page that is no error comes back (a redirect to the sign-in page counts)."""
    there = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  compared, not bound
    asked = http.client.HTTPConnection(there, port, timeout=10)
    with contextlib.closing(asked):
        try:
            asked.request("GET", "/", headers={"Host": f"localhost:{port}"})
            return asked.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False


def _demo_logins() -> str:
    file = environment.home() / "run" / LOGINS
    return file.read_text() if file.exists() else "The demo's logins are kept where it was first loaded."


def _say(text: str) -> None:
    print(text, flush=True)
