"""Kill -9 of web, gateway or worker in a storm of posts: nothing that was acknowledged is lost or doubled."""

import copy
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth.conversation.tests.tabs import Tab
from tests.database import built_database
from tests.faults.storm import House, Storm, ask, faults, seed

pytestmark = pytest.mark.faults
LONG = os.environ.get("HEARTH_FAULTS") == "long"
SECONDS = 300.0 if LONG else 15.0


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    (tmp_path / "journals").mkdir()
    return tmp_path / "journals"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    home = tmp_path_factory.mktemp("seeded")
    shutil.copyfile(built_database(pytestconfig), home / "hearth.db")
    return seed(home)


@pytest.fixture
def home(seeded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seeded, tmp_path / "home"))


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
        storm.run(8.0, pause=(1.0, 2.0))
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


LEAVE = """
import sys, time, django
django.setup()
from hearth.core.tenancy import across_communities, community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.models import Group
from hearth.groups.services import leave_group
from hearth.people.models import Member
with across_communities("a test"):
    member, group = Member.objects.get(pk=sys.argv[1]), Group.objects.get(pk=sys.argv[2])
with community_scope(member.community_id):
    leave_group(actor_of_member(member), group)
print(time.monotonic())
"""


def test_a_stream_ends_within_a_second_of_a_membership_ended_elsewhere(house: House, journals: Path) -> None:
    """One process ends the membership, the gateway closes the stream; the clock is the machine's."""
    storm, place = Storm(house, journals, seed=5), house.seeded["rooms"][0]
    tab = storm.tab(place["sessions"][5], place["room"])
    heard: list[tuple[str, float]] = []

    def listen() -> None:
        topic = tab.expect("gone", timeout=60.0)["topic"]
        heard.append((topic, time.monotonic()))

    listener = threading.Thread(target=listen)
    listener.start()
    left = float(house.python(LEAVE, str(place["members"][5]), str(place["group"])))
    listener.join(60)
    tab.close()
    assert heard[0][0] == f"room:{place['room']}"
    assert heard[0][1] - left < 1.0
