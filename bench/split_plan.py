"""How long the whole plan of a split takes: ties read from the talk, members parted, the plan stored.

    python -m bench.split_plan [--members 500] [--messages 20000]

Makes one group of that size in a scratch HEARTH_HOME: circles of 40 whose members mostly answer one another.
"""

import argparse
import os
import random
import tempfile
import time
from types import SimpleNamespace

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--members", type=int, default=500)
parser.add_argument("--messages", type=int, default=20_000)
OPTIONS = parser.parse_args()
os.environ["HEARTH_HOME"] = tempfile.mkdtemp(prefix="hearth-split-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hearth.conversation.models import Message, Room
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.models import Group
from hearth.groups.queries.regrouping import moves_of, stored_ties
from hearth.groups.rules.ties import kept_of
from hearth.groups.services import found_community, import_memberships, open_group
from hearth.groups.services.splitting import plan_split
from hearth.kit.clock import now
from hearth.people.services import import_identities
from hearth.people.types import ImportedIdentity

CIRCLE, PORTION = 40, 500


def build(community) -> Group:
    """The group with its talk."""
    chance = random.Random(7)
    group = open_group(house_actor(community.pk), name="Full")
    rows = (ImportedIdentity(str(n), f"Member {n}") for n in range(OPTIONS.members))
    places = list(import_identities(community, "bench", rows).values())
    import_memberships(group, [(place.member, now()) for place in places])
    room, last = Room.objects.get(group=group), {}
    for begin in range(0, OPTIONS.messages, PORTION):
        posts = []
        for n in range(begin, begin + PORTION):
            who = chance.randrange(len(places))
            circle = who // CIRCLE if chance.random() < 0.8 else chance.randrange(len(places) // CIRCLE)
            reply = chance.choice(last[circle]) if circle in last else None
            posts.append(NewPost(room_id=room.pk, author_id=places[who].identity, text=f"Note {n}", reply_to_id=reply))
        with transaction.atomic():
            write_posts(posts)
        place = {one.identity: at for at, one in enumerate(places)}
        last = {}
        for pk, author in Message.objects.order_by("-pk").values_list("pk", "author_id")[: 4 * PORTION]:
            last.setdefault(place[author] // CIRCLE, []).append(pk)
    return Group.objects.get(pk=group.pk)


def main() -> None:
    """Build, plan, tell."""
    call_command("migrate", verbosity=0)
    community = found_community("bench", "Bench")
    with community_scope(community):
        group = build(community)
        plan_split(house_actor(community.pk), group)  # loads networkx
        begun, wall = time.process_time(), time.monotonic()
        with CaptureQueriesContext(connection) as asked:
            row = plan_split(house_actor(community.pk), group)
        took = SimpleNamespace(processor=time.process_time() - begun, wall=time.monotonic() - wall)
        strong, kept = kept_of({move.member_id: move.part for move in moves_of(row)}, stored_ties(row))
    load = os.getloadavg()[0]
    print(
        f"split plan of {OPTIONS.members} members, {OPTIONS.messages} messages: {len(asked)} queries, "
        f"processor {took.processor:.2f} s, wall {took.wall:.2f} s; {kept / strong:.0%} of {strong} strong ties kept "
        f"(load {load:.1f})"
    )


if __name__ == "__main__":
    main()
