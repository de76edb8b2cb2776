"""A community of 1,000 groups from a blueprint: reading, planning against the database, applying, planning again."""

import argparse
import os
import resource
import tempfile
import time

FOLDER = tempfile.TemporaryDirectory()
os.environ["HEARTH_HOME"] = FOLDER.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearth.blueprint.queries import exported, plan_of, read_blueprint
from hearth.blueprint.services import begin_revision, carry_out, community_of
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope


def text(groups: int) -> str:
    """A chain of shops, each with a group that says everything itself."""
    places = ["  chain: {kind: organisation, name: The chain}"]
    places += [f"  city-{n}: {{kind: region, name: City {n}, parent: chain}}" for n in range(groups // 20)]
    rooms = [
        f"  shop-{n}:\n    name: {{en: Shop {n}, zh-hans: 门店 {n}}}\n    theme: fruit\n"
        f"    function: What is fresh today at shop {n}\n    card: For the neighbours of shop {n}.\n"
        "    welcome: |\n      Welcome. Say hello.\n      Ask what is fresh today.\n"
        f"    norms: Be kind. No adverts but ours.\n    capacity: 300\n    place: city-{n % (groups // 20)}\n"
        for n in range(groups)
    ]
    head = "hearth: 1\ncommunity: {key: chain, name: The chain}\n"
    return head + "places:\n" + "\n".join(places) + "\ngroups:\n" + "".join(rooms)


class Clock:
    """Seconds on the wall and of the processor, and queries, of a block."""

    def __enter__(self) -> "Clock":
        self.queries = CaptureQueriesContext(connection)
        self.queries.__enter__()
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        self.queries.__exit__(None, None, None)
        self.count = len(self.queries)

    def __str__(self) -> str:
        return f"{self.wall:.2f} s (processor {self.cpu:.2f} s, {self.count} queries)"


def print_nothing(_done: int, _total: int) -> None:
    """Nobody watches."""


def main() -> None:
    """Print one line of numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=1000)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    raw = text(given.groups).encode()
    with Clock() as reading:
        description, problems = read_blueprint([("chain.yaml", raw)])
    assert not problems, problems
    community, _founded = community_of(description)
    with community_scope(community):
        actor = house_actor(community.pk)
        with Clock() as first:
            plan, problems = plan_of(actor, description.wanted, description.document)
        assert len(plan.changes) == given.groups + given.groups // 20 + 1, len(plan.changes)
        row = begin_revision(actor, plan)
        begun, processor = time.perf_counter(), time.process_time()
        counts = carry_out(row.pk, print_nothing)
        applied = f"{time.perf_counter() - begun:.1f} s (processor {time.process_time() - processor:.1f} s)"
        assert counts["created"] == len(plan.changes), counts
        with Clock() as again:
            same, _problems = plan_of(actor, description.wanted, description.document)
        assert not same
        with Clock() as export:
            told, _problems = exported(actor)
        with Clock() as onto:
            exported(actor, told)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    numbers = f"read {reading}, plan of nothing {first}, apply {applied}, plan again {again}"
    files = f"export {export}, export onto a file {onto}; {memory} MB (load {os.getloadavg()[0]:.1f})"
    print(f"blueprint {given.groups} groups, {len(raw) // 1000} kB: {numbers}, {files}")


if __name__ == "__main__":
    main()
