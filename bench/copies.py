"""One group copied to 1,000 others: reading the table, planning, making the first, then the rest, and closing them."""

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

from bench.blueprint import Clock, print_nothing
from hearth.blueprint.models import CopyBatch, Revision
from hearth.blueprint.queries import copies_planned, original_group, state_of
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import begin_copies, carry_out, go_on, roll_back_copies
from hearth.core.models import Job
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group, GroupClosure
from hearth.groups.services import found_community, open_group
from hearth.insight.services.goals import set_goal
from hearth.insight.types import Bound

SETS = {"name": "Shop {shop}, {city}", "card": "For the neighbours of {shop}."}


def work(batch: CopyBatch) -> str:
    """Carry out the batch's newest revision; how long it took."""
    row = Revision.objects.filter(batch=batch).latest("number")
    begun, processor = time.perf_counter(), time.process_time()
    assert carry_out(row.pk, print_nothing)["refused"] == 0
    Job.objects.filter(pk=row.job_id).update(state="done")
    return f"{time.perf_counter() - begun:.1f} s (processor {time.process_time() - processor:.1f} s)"


def main() -> None:
    """Print one line of numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=1000)
    count = parser.parse_args().copies
    call_command("migrate", verbosity=0)
    community = found_community("chain", "The chain", "en", "UTC")
    raw = "key,city,shop\n" + "".join(f"shop-{n},City {n % 50},Street {n}\n" for n in range(count))
    with community_scope(community):
        house = house_actor(community.pk)
        shop = open_group(house, key="shop", name="Shop", norms="Be kind.", welcome="Welcome.", capacity=300)
        set_goal(house, "mau", shop, bound=Bound.AT_LEAST, value=9)
        with Clock() as planning:
            original, table = original_group(house, "shop", SETS), read_table("shops.csv", raw.encode())
            plan, problems = copies_planned(house, original, table)
        assert (len(plan.changes), problems) == (2 * count, [])
        with Clock() as beginning:
            batch = begin_copies(house, original, table)
        first = work(batch)
        with Clock() as going_on:
            go_on(house, batch)
        rest = work(batch)
        assert (state_of(batch).word, Group.objects.count()) == ("done", count + 1)
        roll_back_copies(house, batch)
        closing = work(batch)
        assert GroupClosure.objects.count() == count
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    planned = f"plan {planning}, begin {beginning}, first {first}, go on {going_on}, the others {rest}"
    print(f"copies {count} with a goal each: {planned}, closing {closing}; {memory} MB (load {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main()
