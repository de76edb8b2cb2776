"""The supervisor with real, tiny processes: started, started again, ended in order, and never left alone."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hearth.project.supervisor import PARENT, Child, Supervisor

SLEEPER = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
FRUITFUL = (
    "import subprocess, sys, time; "
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_for(seen: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.fixture
def supervise() -> Iterator[Callable[..., Supervisor]]:
    """Run a supervisor in a thread; it is ended after the test."""
    running: list[tuple[Supervisor, threading.Thread]] = []

    def begin(*children: Child, grace: float = 5.0) -> Supervisor:
        supervisor = Supervisor(list(children), grace=grace)
        thread = threading.Thread(target=supervisor.run)
        thread.start()
        running.append((supervisor, thread))
        wait_for(lambda: all(child.pid for child in children))
        return supervisor

    yield begin
    for supervisor, thread in running:
        supervisor.ask_to_end()
        thread.join(15)
        assert not thread.is_alive()


def test_a_killed_child_is_started_again(supervise):
    child = Child("sleeper", python(SLEEPER))
    supervise(child)
    first = child.pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: child.pid not in {None, first})
    assert is_running(child.pid)


def test_a_child_that_dies_at_once_is_started_ever_more_rarely(supervise, tmp_path: Path):
    trace = tmp_path / "starts"
    child = Child("broken", python(f"import time; print(time.monotonic(), file=open({str(trace)!r}, 'a'))"))
    supervise(child)
    wait_for(lambda: trace.exists() and trace.read_text().count("\n") >= 3)
    first, second, third = map(float, trace.read_text().split()[:3])
    assert second - first >= 0.2
    assert third - second >= 0.4
    assert child.pause >= 0.4


def test_what_a_killed_child_leaves_behind_is_ended_too(supervise):
    child = Child("fruitful", python(FRUITFUL))
    supervise(child)
    first = child.pid
    children = Path(f"/proc/{first}/task/{first}/children")
    wait_for(lambda: children.read_text().split())
    orphan = int(children.read_text().split()[0])
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not is_running(orphan))


def test_children_end_in_order_and_a_stubborn_one_is_killed_after_its_grace(capfd):
    child = Child("stubborn", python(STUBBORN))
    supervisor = Supervisor([child, Child("sleeper", python(SLEEPER))], grace=0.5)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(supervisor.run()))
    thread.start()
    wait_for(lambda: "ready" in capfd.readouterr().out)
    supervisor.ask_to_end()
    thread.join(10)
    assert answers == [False]
    assert not is_running(child.process.pid)


def test_children_follow_a_killed_parent(tmp_path: Path):
    code = (
        "import sys\n"
        "from hearth.project.supervisor import Child, Supervisor\n"
        "inner = 'import time; from hearth.project.supervisor import end_with_parent as e; e(); time.sleep(60)'\n"
        "child = Child('follower', [sys.executable, '-c', inner])\n"
        "s = Supervisor([child])\n"
        "s.on_change = lambda: open(sys.argv[1], 'w').write(str(child.pid))\n"
        "s.run()\n"
    )
    env = {name: value for name, value in os.environ.items() if name != PARENT}
    note = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", code, str(note)], env=env, stdout=subprocess.DEVNULL)
    wait_for(lambda: note.exists() and note.read_text())
    follower = int(note.read_text())
    time.sleep(0.5)  # until it has asked to follow
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_running(follower))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """``hearth`` commands of an installation in a scratch folder, on ports of its own."""
    port = 21000 + os.getpid() % 20000
    env = {**os.environ, "HEARTH_HOME": str(tmp_path / "home"), "PORT": str(port)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", PARENT):
        env.pop(name, None)
    started = []

    def run(*command: str) -> "subprocess.Popen[str]":
        told = [sys.executable, "-m", "hearth.cli.main", *command]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(told, env=env, stdout=pipe, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
        process.stdout.close()


@pytest.mark.thorough
def test_an_unprepared_house_says_what_to_do(house):
    process = house("serve")
    assert "Run `hearth migrate`" in process.communicate(timeout=90)[0]
    assert process.returncode == 2


@pytest.mark.thorough
def test_the_house_starts_survives_a_killed_child_and_ends_well(house, tmp_path: Path):
    assert house("migrate").wait(120) == 0
    process = house("serve")
    pids = tmp_path / "home" / "run" / "pids.json"

    def told() -> dict:
        return json.loads(pids.read_text()) if pids.exists() else {}

    wait_for(lambda: told().get("web") and told().get("worker") and told().get("gateway"))
    first = told()["worker"]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: told().get("worker") not in {None, first})
    children = [pid for name, pid in told().items() if name != "serve" and pid]
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=90)[0]
    assert process.returncode == 0, said
    assert not any(is_running(pid) for pid in children)
    assert not pids.exists()
