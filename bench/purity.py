"""How long it takes to tell of every member whether they match whom their group says it is for, as each refresh does.

    .venv/bin/python bench/purity.py [GROUPS] [MEMBERS]

Default: 1,000 groups with a definition of two traits, 20,000 members in two groups each, on SQLite. Prints one line:
rows told, wall and processor seconds (the least of three), queries.
"""

import os
import sys
import tempfile
import time
from datetime import timedelta

FOLDER = tempfile.TemporaryDirectory()
os.environ["HEARTH_HOME"] = FOLDER.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearth.core.tenancy import community_scope
from hearth.groups.models import Group, Membership
from hearth.groups.queries import door_rows
from hearth.groups.services import found_community
from hearth.kit.clock import now
from hearth.people.models import Member, Person

DEPARTMENTS = ("Cardiology", "Neurology", "Surgery", "Obstetrics", "心内科", "神经内科", "普通外科", "妇产科", "", "")


def made(groups: int, members: int) -> None:
    """Groups for a department each and those with a badge, and members of any department in two of them."""
    long_ago = now() - timedelta(days=100)
    rows = [
        Group(
            key=f"g{n}",
            name={"en": f"Group {n}"},
            space="professional",
            definition=[
                {"attribute": "department", "values": list(DEPARTMENTS[n % 4 : 8])},
                {"attribute": "badge", "values": ["yes", "no"]},
            ],
        )
        for n in range(groups)
    ]
    there = Group.objects.bulk_create(rows, batch_size=500)
    persons = Person.objects.bulk_create([Person() for _n in range(members)], batch_size=500)
    people = [
        Member(person=one, display_name=f"M {n}", kind="professional", department=DEPARTMENTS[n % 10])
        for n, one in enumerate(persons)
    ]
    people = Member.objects.bulk_create(people, batch_size=500)
    Membership.objects.bulk_create(
        (
            Membership(group=there[(n * 7 + 13 * again) % groups], member=one, joined_at=long_ago, joined_by="staff")
            for n, one in enumerate(people)
            for again in range(2)
        ),
        batch_size=500,
    )


def main() -> None:
    """Print one line of numbers."""
    groups, members = (int(one) for one in (sys.argv[1:] + ["1000", "20000"][len(sys.argv) - 1 :])[:2])
    call_command("migrate", verbosity=0)
    with community_scope(found_community("many", "Many", "en", "UTC")):
        made(groups, members)
        walls, processors = [], []
        for _again in range(3):
            wall, processor = time.perf_counter(), time.process_time()
            count = sum(one[3] == "placed" for one in door_rows())
            walls.append(time.perf_counter() - wall)
            processors.append(time.process_time() - processor)
        with CaptureQueriesContext(connection) as asked:
            list(door_rows())
    print(
        f"{groups} groups, {members} members: {count} rows in {min(walls):.2f} s "
        f"(processor {min(processors):.2f} s), {len(asked)} queries"
    )


if __name__ == "__main__":
    main()
