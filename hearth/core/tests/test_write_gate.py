"""SQLite's writers take turns: nobody is starved by somebody who writes without a pause."""

import threading
import time
from pathlib import Path

import pytest

from hearth.core.sqlite.gate import GateTimeout, WriteGate


def test_a_greedy_writer_lets_others_in_after_each_turn(tmp_path: Path) -> None:
    path, ending, greedy_turns = tmp_path / "db", threading.Event(), []

    def greedy() -> None:
        gate = WriteGate(path)
        while not ending.is_set():
            gate.enter()
            time.sleep(0.01)
            greedy_turns.append(1)
            gate.leave()
        gate.close()

    other = threading.Thread(target=greedy)
    other.start()
    gate, waits = WriteGate(path), []
    for _ in range(20):
        began, turns = time.monotonic(), len(greedy_turns)
        gate.enter()
        waits.append(len(greedy_turns) - turns)
        gate.leave()
        time.sleep(0.002)
        assert time.monotonic() - began < 5
    ending.set()
    other.join()
    gate.close()
    assert sorted(waits)[15] <= 2  # the turn that runs, and at most the next one


def test_only_one_is_inside(tmp_path: Path) -> None:
    inside, most = [], []

    def work() -> None:
        gate = WriteGate(tmp_path / "db")
        for _ in range(50):
            gate.enter()
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            gate.leave()
        gate.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 200
    assert max(most) == 1


def test_waiting_ends_with_a_word(tmp_path: Path) -> None:
    first, second = WriteGate(tmp_path / "db"), WriteGate(tmp_path / "db", timeout=0.05)
    first.enter()
    with pytest.raises(GateTimeout):
        second.enter()
    first.leave()
    second.enter()
    assert second.inside
    first.close()
    second.close()


def test_whoever_goes_takes_the_lock_along(tmp_path: Path) -> None:
    first, second = WriteGate(tmp_path / "db"), WriteGate(tmp_path / "db", timeout=1)
    first.enter()
    first.close()
    second.enter()
    second.close()


def test_who_watches_sees_that_somebody_waited(tmp_path: Path) -> None:
    first, second = WriteGate(tmp_path / "db", watching=True), WriteGate(tmp_path / "db")
    first.enter()
    first.leave()
    assert first.wanted_at == float("-inf")
    first.enter()
    waiting = threading.Thread(target=second.enter)
    waiting.start()
    while not first._is_wanted():
        time.sleep(0.001)
    left = time.monotonic()
    first.leave()
    waiting.join()
    assert first.wanted_at >= left
    second.close()
    first.close()
