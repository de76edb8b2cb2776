"""A real house for journeys in a real browser: web, gateway and worker as processes, Chromium, a small village.

Run with ``pytest tests/e2e -m e2e --force-enable-socket``. Needs the ``e2e`` dependency group and Chromium
(``HEARTH_CHROMIUM`` names another one than Debian's, whose headless one comes first); without them the journeys fail,
they are never skipped.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.database import built_database
from tests.ports import free_port
from tools.browser import CHROMIUM

ROOT = Path(__file__).resolve().parents[2]
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 860}}
PATIENCE = 60.0
expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    for item in items:
        if "e2e" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.e2e)


@dataclass
class House:
    """A running house: where it answers, and the village in it."""

    url: str
    home: Path
    told: dict[str, Any]
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    inside: "subprocess.Popen[str] | None" = None

    def start(self, name: str) -> None:
        """Start web, gateway or worker."""
        log = (self.home / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "hearth.cli.main", name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        """End one process and what it started."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait(self) -> None:
        """Until pages and gateway answer."""
        gateway = f"http://127.0.0.1:{self.environment['HEARTH_GATEWAY_PORT']}/live/health"
        until = time.monotonic() + PATIENCE
        for address in (f"{self.url}/offline/", gateway):
            while True:
                try:
                    with urllib.request.urlopen(address, timeout=5) as answer:
                        if answer.status == 200:
                            break
                except OSError:
                    over = [name for name, process in self.processes.items() if process.poll() is not None]
                    assert not over, f"{over} ended: see {self.home}"
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.1)

    def run(self, code: str) -> str:
        """Run a few lines inside the house's own Django, in the village's scope; returns what they print."""
        if self.inside is None:
            self.inside = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.inside"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.inside.stdin
        assert self.inside.stdout
        print(json.dumps(code), file=self.inside.stdin, flush=True)
        told: dict[str, str] = json.loads(self.inside.stdout.readline())
        assert "failed" not in told, told["failed"]
        return told["said"]

    def close(self) -> None:
        """End all that runs in it."""
        if self.inside is not None:
            self.inside.communicate()
        for name in list(self.processes):
            self.stop(name)

    def path(self, rest: str = "") -> str:
        """An address in the village."""
        return f"{self.url}/c/ward/{rest}"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[House]:
    """Web, gateway and worker on free ports, with the village."""
    home = tmp_path_factory.mktemp("house")
    port, gateway = free_port(), free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("HEARTH_", "DJANGO_"))},
        "HEARTH_HOME": str(home),
        "PORT": str(port),
        "HEARTH_GATEWAY_PORT": str(gateway),
        "HEARTH_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "hearth.project.settings",
    }
    shutil.copyfile(built_database(pytestconfig), home / "hearth.db")
    seeded = subprocess.run(
        [sys.executable, "-m", "tests.e2e.village"], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    made = House(f"http://127.0.0.1:{port}", home, json.loads(seeded.stdout), environment)
    for name in ("web", "gateway", "worker"):
        made.start(name)
    try:
        made.wait()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"no Chromium at {CHROMIUM}; install it or set HEARTH_CHROMIUM", pytrace=False)
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield made
        made.close()


@dataclass
class Watch:
    """What a page must never do: scripts that run from content, blocked content, errors."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to a page."""

        def dialog(shown: Any) -> None:
            self.dialogs.append(shown.message)
            shown.dismiss()

        def said(message: Any) -> None:
            text = message.text
            if "Content Security Policy" in text or "Content-Security-Policy" in text:
                self.violations.append(text)
            elif message.type == "error" and "Failed to load resource" not in text and "WebSocket" not in text:
                self.errors.append(text)

        page.on("dialog", dialog)
        page.on("console", said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


Persona = Callable[..., Page]


@pytest.fixture
def watch() -> Watch:
    """Counts what must not happen; a journey asserts on it."""
    return Watch()


@pytest.fixture
def persona(browser: Browser, house: House, watch: Watch) -> Iterator[Persona]:
    """``persona("chen", phone=True)`` gives a page on which Chen is signed in; ``js=False`` has no scripts.

    Service workers are for the journeys about them: one that takes over in the middle of another answers what the
    journey meant to hold back.
    """
    opened: list[BrowserContext] = []

    def enter(
        who: str, *, phone: bool = False, js: bool = True, theme: str = "", language: str = "en", workers: bool = False
    ) -> Page:
        context = browser.new_context(
            **(PHONE if phone else DESKTOP),
            java_script_enabled=js,
            locale="en-GB",
            reduced_motion="reduce",
            service_workers="allow" if workers else "block",
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        cookies = {"hearth_language": language}
        if who:
            cookies["sessionid"] = house.told["sessions"][who]
        if theme:
            cookies["hearth_theme"] = theme
        context.add_cookies([{"name": name, "value": value, "url": house.url} for name, value in cookies.items()])
        page = context.new_page()
        watch.over(page)
        return page

    yield enter
    for context in opened:
        context.close()
