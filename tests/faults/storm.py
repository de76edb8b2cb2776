"""A storm of posts over a real house whose processes are killed at random, with a journal kept outside of it.

Each poster writes down what it asks for before it asks, and what was acknowledged when it was, each line synced to
disk. A message whose answer is lost with its connection is sent again under the same client id, over the other way as
well. Afterwards ``faults`` holds journals, database, history pages and what every listener received against each other.
"""

import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hearth.conversation.tests.tabs import Closed, Refused, Tab
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
HEARTH = str(Path(sys.executable).with_name("hearth"))
BROKEN = (OSError, Closed, Refused, TimeoutError, http.client.HTTPException, ValueError, KeyError)


def seed(home: Path) -> Path:
    """Fill an empty home; ``seeded.json`` in it tells who lives there."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    said = subprocess.run(
        [sys.executable, "-m", "tests.faults.storm_seed"],
        env={**environment, "HEARTH_HOME": str(home), "DJANGO_SETTINGS_MODULE": "hearth.project.settings"},
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if said.returncode:
        raise RuntimeError(said.stderr[-3000:])
    (home / "seeded.json").write_text(said.stdout)
    return home


class House:
    """Web, gateway and worker as processes of their own, started again whenever one is killed."""

    def __init__(self, home: Path, *, gateway: tuple[str, ...] = (HEARTH, "gateway")) -> None:
        self.home, self.web_port, self.live_port = home, free_port(), free_port()
        self._environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "HEARTH_HOME": str(home), "PORT": str(self.web_port), "HEARTH_GATEWAY_PORT": str(self.live_port),
            "DJANGO_SETTINGS_MODULE": "hearth.project.settings", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self._log = (home / "processes.log").open("ab")
        self.seeded: dict[str, Any] = json.loads((home / "seeded.json").read_text())
        self._commands = {"web": (HEARTH, "web"), "gateway": gateway, "worker": (HEARTH, "worker")}
        self.running = {name: self._start(name) for name in self._commands}
        self.kills: dict[str, int] = dict.fromkeys(self._commands, 0)

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._commands[name],
            env=self._environment,
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def python(self, code: str, *arguments: str) -> str:
        """Run a piece of Python as a process of this house; what it printed."""
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(
            command, env=self._environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all it started; then it comes back."""
        self._end(name)
        self.kills[name] += 1
        self.running[name] = self._start(name)

    def _end(self, name: str) -> None:
        process = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait(self, seconds: float = 40.0) -> None:
        """Until web and gateway answer."""
        until = time.monotonic() + seconds
        for port, path in ((self.web_port, "/accounts/login/"), (self.live_port, "/live/health")):
            while True:
                try:
                    if ask(port, "GET", path)[0] < 500:
                        break
                except BROKEN:
                    if time.monotonic() > until:
                        raise
                time.sleep(0.1)

    def close(self) -> None:
        for name in self.running:
            self._end(name)
        self._log.close()


def ask(port: int, method: str, path: str, session: str = "", body: dict[str, Any] | None = None) -> tuple[int, bytes]:
    """One HTTP request, as a page of ours sends it."""
    csrf = "c" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={csrf}", "X-CSRFToken": csrf, "Accept": "application/json"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        asked.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
        answer = asked.getresponse()
        return answer.status, answer.read()
    finally:
        asked.close()


class Journal:
    """What one poster asked for and was told; every line is on the disk before anything else happens."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")

    def note(self, **line: Any) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


@dataclass
class Storm:
    """Posters and listeners against a house."""

    house: House
    journals: Path
    seed: int
    posts_per_poster: int = 10_000
    listened: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    calm: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def ticket(self, session: str) -> str:
        status, body = ask(self.house.web_port, "GET", f"/c/{self.house.seeded['community']}/live/ticket/", session)
        if status != 200:
            raise ValueError(f"no ticket: {status}")
        return str(json.loads(body)["ticket"])

    def tab(self, session: str, room: int, after: int | None = None) -> Tab:
        tab = Tab(self.house.live_port, path=f"/live?ticket={self.ticket(session)}")
        try:
            tab.send(t="sub", topic=f"room:{room}", **({} if after is None else {"after": after}))
            tab.expect("open")
        except BaseException:
            tab.close()
            raise
        return tab

    def run(self, seconds: float, pause: tuple[float, float] = (0.4, 1.6)) -> None:
        """Post and kill for so long, then let everything come to rest."""
        dice = random.Random(self.seed)
        threads = []
        for number, place in enumerate(self.house.seeded["rooms"]):
            for poster in range(3):
                way = ("socket", "page", "either")[poster]
                name = f"{number}-{way}"
                threads.append(self._thread(self._post, name, place, place["sessions"][poster], way))
            for listener in (4, 5):
                threads.append(self._thread(self._listen, f"{number}-{listener}", place, place["sessions"][listener]))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(dice.uniform(*pause))
            self.house.kill(dice.choice(("gateway", "gateway", "web", "web", "worker")))
        self.house.wait()
        self.calm.set()
        for thread in threads:
            if thread.name.startswith("_post"):
                thread.join(60)
        time.sleep(1.5)
        self.ended.set()
        for thread in threads:
            thread.join(20)
            if thread.is_alive():
                self.trouble.append(f"{thread.name} does not end")

    def _thread(self, act: Any, *args: Any) -> threading.Thread:
        def guarded() -> None:
            try:
                act(*args)
            except Exception as error:  # noqa: BLE001
                self.trouble.append(f"{act.__name__} {args[0]}: {error!r}")

        thread = threading.Thread(target=guarded, daemon=True, name=f"{act.__name__}-{args[0]}")
        thread.start()
        return thread

    def _post(self, name: str, place: dict[str, Any], session: str, way: str) -> None:
        journal, tab = Journal(self.journals / f"{name}.ndjson"), None
        dice = random.Random(f"{self.seed}{name}")
        for number in itertools.count():
            if self.calm.is_set() or number >= self.posts_per_poster:
                break
            cid, text = f"{name}-{number:06}", f"{name} 说 {number}"
            journal.note(asked=cid, room=place["room"], text=text)
            for attempt in itertools.count():
                over = dice.choice(("socket", "page")) if way == "either" or attempt > 2 else way
                try:
                    if over == "page":
                        told = self._by_page(place, session, cid, text)
                    else:
                        tab = tab or self.tab(session, place["room"])
                        told = self._by_socket(tab, place, cid, text)
                    journal.note(acked=cid, id=told[0], n=told[1])
                    break
                except BROKEN:
                    if tab is not None:
                        tab.close()
                        tab = None
                    time.sleep(dice.uniform(0.02, 0.2))
            time.sleep(dice.uniform(0, 0.01))
        if tab is not None:
            tab.close()
        journal.close()

    def _by_socket(self, tab: Tab, place: dict[str, Any], cid: str, text: str) -> tuple[int, int]:
        tab.send(t="post", room=place["room"], cid=cid, text=text)
        until = time.monotonic() + 4
        while True:
            frame = tab.frame(max(0.0, until - time.monotonic()))
            if frame.get("cid") == cid:
                if frame["t"] != "ack":
                    raise ValueError(frame)
                return frame["id"], frame["n"]

    def _by_page(self, place: dict[str, Any], session: str, cid: str, text: str) -> tuple[int, int]:
        path = f"/c/{self.house.seeded['community']}/groups/{place['group']}/messages/"
        status, body = ask(self.house.web_port, "POST", path, session, {"text": text, "client_id": cid})
        if status not in {200, 201}:
            raise ValueError(f"{status} {body[:200]!r}")
        told = json.loads(body)
        return told["id"], told["n"]

    def _listen(self, name: str, place: dict[str, Any], session: str) -> None:
        heard = self.listened.setdefault(f"{place['room']}/{name}", [])
        while not self.ended.is_set():
            tab = None
            try:
                tab = self.tab(session, place["room"], heard[-1][0] if heard else 0)
                while not self.ended.is_set():
                    frame = tab.frame(0.5)
                    if frame["t"] == "entry":
                        heard.append((frame["n"], frame["m"]["id"], frame["k"]))
                    elif frame["t"] in {"refetch", "history"}:
                        self.trouble.append(f"listener {name}: {frame}")
            except TimeoutError:
                pass
            except BROKEN:
                time.sleep(0.05)
            finally:
                if tab is not None:
                    tab.close()


def faults(storm: Storm) -> list[str]:
    """Everything that does not fit together, in words; nothing after a storm that did no harm."""
    found = list(storm.trouble)
    base = sqlite3.connect(storm.house.home / "hearth.db")
    with contextlib.closing(base):
        if base.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            found.append("the database is damaged")
        kept: dict[str, list[tuple[Any, ...]]] = {}
        for row in base.execute("SELECT client_id, id, number, room_id, text FROM conversation_message"):
            kept.setdefault(row[0], []).append(row)
        found += _journals_against(kept, storm.journals)
        for place in storm.house.seeded["rooms"]:
            found += _log_of(base, place["room"])
            found += _pages_of(storm, base, place)
            found += _listeners_of(storm, base, place["room"])
    return found


def _read(journals: Path) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """What was asked for and what was acknowledged, by client id."""
    lines = [json.loads(line) for file in sorted(journals.glob("*.ndjson")) for line in file.read_text().splitlines()]
    return (
        {line["asked"]: line for line in lines if "asked" in line},
        {line["acked"]: line for line in lines if "acked" in line},
    )


def _journals_against(kept: dict[str, list[tuple[Any, ...]]], journals: Path) -> list[str]:
    asked, acked = _read(journals)
    found = [] if acked else ["nothing was acknowledged"]
    for cid, line in acked.items():
        rows = kept.get(cid, [])
        if not rows:
            found.append(f"lost: {cid} was acknowledged")
        elif (rows[0][1], rows[0][2]) != (line["id"], line["n"]):
            found.append(f"changed: {cid} was acknowledged as {line['id']}, {line['n']} and is {rows[0][1:3]}")
    for cid, rows in kept.items():
        if len(rows) > 1:
            found.append(f"doubled: {cid}")
        if cid not in asked:
            found.append(f"invented: {cid}")
        elif (rows[0][3], rows[0][4]) != (asked[cid]["room"], asked[cid]["text"]):
            found.append(f"altered: {cid}")
    return found


def _log_of(base: sqlite3.Connection, room: int) -> list[str]:
    last, count = base.execute(
        "SELECT last_number, message_count FROM conversation_room WHERE id = ?", [room]
    ).fetchone()
    entries = base.execute(
        "SELECT number, message_id FROM conversation_entry WHERE room_id = ? ORDER BY number", [room]
    )
    numbers, ids = zip(*entries.fetchall(), strict=True)
    posts = base.execute("SELECT id FROM conversation_message WHERE room_id = ? ORDER BY number", [room]).fetchall()
    told = base.execute(
        "SELECT data FROM core_fact WHERE name = 'conversation.message_posted' AND subject = ? ORDER BY id",
        [f"room:{room}"],
    ).fetchall()
    checks = {
        "numbers": numbers == tuple(range(1, last + 1)),
        "one entry per message": ids == tuple(row[0] for row in posts),
        "count": count == len(posts),
        "one fact per message": [json.loads(row[0])["message"] for row in told] == list(ids),
        "searchable": base.execute(
            "SELECT count(*) FROM conversation_search WHERE conversation_search MATCH ?", [f"r{room}"]
        ).fetchone()[0] == len(posts),
    }  # fmt: skip
    return [f"room {room}: {what} does not hold" for what, holds in checks.items() if not holds]


def _pages_of(storm: Storm, base: sqlite3.Connection, place: dict[str, Any]) -> list[str]:
    """Walk the history as a browser does, and hold it against the log."""
    wanted = base.execute(
        "SELECT id FROM conversation_message WHERE room_id = ? ORDER BY occurred_at, number", [place["room"]]
    ).fetchall()
    path = f"/c/{storm.house.seeded['community']}/groups/{place['group']}/messages/"
    shown: list[int] = []
    before = ""
    while True:
        status, body = ask(storm.house.web_port, "GET", path + before, place["sessions"][0])
        if status != 200:
            return [f"room {place['room']}: history answers {status}"]
        page = json.loads(body)
        shown[:0] = [message["id"] for message in page["messages"]]
        if not page["has_older"]:
            break
        before = f"?before={page['messages'][0]['id']}"
    return [] if shown == [row[0] for row in wanted] else [f"room {place['room']}: history differs from the log"]


def _listeners_of(storm: Storm, base: sqlite3.Connection, room: int) -> list[str]:
    log = base.execute(
        "SELECT number, message_id, kind FROM conversation_entry WHERE room_id = ? ORDER BY number", [room]
    ).fetchall()
    return [
        f"listener {name} received {len(heard)} entries, the log holds {len(log)}"
        + ("" if [n for n, *_rest in heard] == sorted({n for n, *_rest in heard}) else ", doubled or out of order")
        for name, heard in storm.listened.items()
        if name.startswith(f"{room}/") and heard != log
    ]
