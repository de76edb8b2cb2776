"""Kill -9 of web, gateway or worker in a storm of posts: nothing that was acknowledged is lost or doubled."""

import copy
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth.conversation.tests.tabs import Tab
from tests.faults.storm import BROKEN, House, Storm, ask, faults

pytestmark = pytest.mark.faults
LONG = os.environ.get("HEARTH_FAULTS") == "long"
SECONDS = 300.0 if LONG else 20.0


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    (tmp_path / "journals").mkdir()
    return tmp_path / "journals"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    made = House(home)
    made.wait()
    yield made
    made.close()


def test_nothing_acknowledged_is_lost_or_doubled(house: House, journals: Path) -> None:
    storm = Storm(house, journals, seed=int(os.environ.get("HEARTH_SEED", "7")))
    storm.run(SECONDS)
    assert sum(house.kills.values()) >= 8
    assert faults(storm) == []
    assert all(len(heard) > 50 for heard in storm.listened.values())
    _the_checker_sees_what_is_wrong(storm)


def _the_checker_sees_what_is_wrong(storm: Storm) -> None:
    """A checker that finds nothing must find something when there is something."""
    name = next(iter(storm.listened))
    heard = copy.copy(storm.listened[name])
    for tampered in (heard[:-1], heard[:5] + heard[6:], [*heard, heard[-1]], [heard[1], heard[0], *heard[2:]]):
        storm.listened[name] = tampered
        assert len(faults(storm)) == 1
    storm.listened[name] = heard
    journal = next(storm.journals.glob("*.ndjson"))
    kept = journal.read_text()
    journal.write_text(kept + '{"asked": "x-1", "room": 1, "text": "x"}\n{"acked": "x-1", "id": 1, "n": 1}\n')
    assert faults(storm) == ["lost: x-1 was acknowledged"]
    journal.write_text(kept)


def test_a_gateway_that_acknowledges_before_the_commit_is_found_out(home: Path, journals: Path) -> None:
    house = House(home, gateway=(sys.executable, "-m", "tests.faults.hasty_gateway"))
    try:
        house.wait()
        storm = Storm(house, journals, seed=11)
        storm.run(10.0, pause=(1.0, 2.0))
        found = faults(storm)
    finally:
        house.close()
    assert any(fault.startswith("lost:") for fault in found)


def test_two_browsers_with_one_client_id_make_one_message(house: House, journals: Path) -> None:
    """Over pages and sockets at once, many times; both are told the same message."""
    storm, place = Storm(house, journals, seed=3), house.seeded["rooms"][0]
    session, path = place["sessions"][0], f"/c/storm/groups/{place['group']}/messages/"
    answers: dict[int, set[int]] = {}
    rounds, meet = 40, threading.Barrier(4)
    failures: list[str] = []

    def page() -> None:
        for number in range(rounds):
            meet.wait(20)
            status, body = ask(
                house.web_port, "POST", path, session, {"text": "once", "client_id": f"shared-{number:04}"}
            )
            if status not in {200, 201}:
                failures.append(f"{status} {body[:100]!r}")
            else:
                answers.setdefault(number, set()).add(json.loads(body)["id"])

    def socket(tab: Tab) -> None:
        for number in range(rounds):
            meet.wait(20)
            answers.setdefault(number, set()).add(storm._by_socket(tab, place, f"shared-{number:04}", "once")[0])

    tabs = [storm.tab(session, place["room"]) for _ in range(2)]
    threads = [threading.Thread(target=page) for _ in range(2)] + [
        threading.Thread(target=socket, args=(tab,)) for tab in tabs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for tab in tabs:
        tab.close()
    assert failures == []
    assert [len(ids) for ids in answers.values()] == [1] * rounds
    assert len({next(iter(ids)) for ids in answers.values()}) == rounds


def test_a_removed_member_is_shown_out_within_a_second_across_processes(house: House, journals: Path) -> None:
    """The web process removes, the gateway process closes the stream."""
    storm, place = Storm(house, journals, seed=5), house.seeded["rooms"][0]
    tab = storm.tab(place["sessions"][5], place["room"])
    try:
        status, body = ask(
            house.web_port, "POST", f"/c/storm/groups/{place['group']}/leaving/", place["sessions"][5], {}
        )
        if status == 404:
            pytest.skip("no page to leave a group by yet")
        assert status < 400, body
        assert tab.expect("gone", timeout=1.0)["topic"] == f"room:{place['room']}"
    except BROKEN as error:
        raise AssertionError(error) from error
    finally:
        tab.close()
