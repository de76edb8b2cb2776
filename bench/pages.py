"""How long pages of portal and console take on the server: p50 and p95 in milliseconds, and their number of queries.

    python -m bench.pages [--groups 500] [--members 100000] [--rounds 40]

Makes a community of that size in a scratch HEARTH_HOME (kept with ``--home``), then asks each page through the whole
middleware as one member of forty groups, and those of the console as its operator. A line of figures each, with the
machine.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--groups", type=int, default=500)
parser.add_argument("--members", type=int, default=100_000)
parser.add_argument("--rounds", type=int, default=40)
parser.add_argument("--home", default="")
OPTIONS = parser.parse_args()
os.environ["HEARTH_HOME"] = OPTIONS.home or tempfile.mkdtemp(prefix="hearth-pages-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
os.environ["HEARTH_DEMO"] = "1"  # the operator signs in without a second factor here

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearth.conversation.models import Room
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.core.models import Community, User
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community, import_memberships, make_staff, open_group
from hearth.insight.models import GroupPulse
from hearth.insight.services import refresh_pulse
from hearth.kit.clock import now
from hearth.people.models import Identity, Member
from hearth.people.services import import_identities, join_community
from hearth.people.types import ImportedIdentity

IN_GROUPS, TALK = 40, 60


def build() -> None:
    """The community: members in groups of equal size, some talk in each, one reader in forty of them."""
    community = found_community("large", "Large", "en")
    with community_scope(community):
        ada = join_community(User.objects.create_user("ada@example.org"), community, kind="staff", display_name="Ada")
        make_staff(house_actor(community.pk), ada, "operator")
        reader = join_community(
            User.objects.create_user("reader@example.org"), community, kind="professional", display_name="Reader"
        )
        rows = (ImportedIdentity(str(n), f"Member {n}") for n in range(OPTIONS.members))
        identities = [place.identity for place in import_identities(community, "bench", rows).values()]
        members = list(Member.objects.exclude(pk__in=[ada.pk, reader.pk]).values_list("pk", flat=True))
        size = max(1, len(members) // OPTIONS.groups)
        for n in range(OPTIONS.groups):
            group = open_group(house_actor(community.pk), name=f"Group {n}", owner=ada, space="professional")
            inside = members[n * size : (n + 1) * size] + ([reader.pk] if n < IN_GROUPS else [])
            import_memberships(group, [(member, now()) for member in inside])
            room = Room.objects.get(group=group)
            authors = identities[n * size : n * size + 7] or identities[:7]
            with transaction.atomic():
                write_posts(
                    [
                        NewPost(
                            room_id=room.pk,
                            author_id=authors[k % len(authors)],
                            text=f"Note {k}: 今天的病例, all well.",
                        )
                        for k in range(TALK)
                    ]
                )
    assert Identity.of(community).exists()


def main() -> None:
    """Build unless it is there, then measure."""
    call_command("migrate", verbosity=0)
    if not Community.objects.filter(key="large").exists():
        build()
    community = Community.objects.get(key="large")
    with community_scope(community):
        room = Room.objects.order_by("pk").first()
        message = room.pk
        group = room.group_id
        if not GroupPulse.objects.exists():
            refresh_pulse()
        member = Member.objects.order_by("-pk").values_list("pk", flat=True).first()
    measure(
        "portal",
        "reader@example.org",
        {
            "home": "/c/large/",
            "groups": "/c/large/groups/",
            "room": f"/c/large/groups/{group}/room/",
            "part": f"/c/large/groups/{group}/room/part/?older=50",
            "search": "/c/large/search/?q=病例",
            "questions": "/c/large/questions/",
            "thread": f"/c/large/messages/{message}/thread/",
        },
    )
    measure(
        "console",
        "ada@example.org",
        {
            "today": "/c/large/console/",
            "fleet": "/c/large/console/groups/",
            "fleet filtered": "/c/large/console/groups/?q=Group+1&f.stage=inception&f.stage=growth&sort=-members",
            "group": f"/c/large/console/groups/{group}/",
            "members": "/c/large/console/members/",
            "members found": "/c/large/console/members/?q=Member+77",
            "member": f"/c/large/console/members/{member}/",
            "diagnosis": "/c/large/console/diagnosis/",
            "jobs": "/c/large/console/jobs/",
            "audit": "/c/large/console/audit/",
            "palette": "/c/large/console/palette/?q=member+9",
        },
    )
    if not OPTIONS.home:
        print(f"scratch: {Path(os.environ['HEARTH_HOME'])}")


def measure(side: str, email: str, pages: dict[str, str]) -> None:
    """Ask each page as somebody, and print the figures."""
    client = Client()
    client.force_login(User.objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    figures = []
    for name, path in pages.items():
        client.get(path)
        with CaptureQueriesContext(connection):
            before = len(connection.queries_log)
            assert client.get(path).status_code == 200, path
            asked = len(connection.queries_log) - before
        times, work = [], []
        for _ in range(OPTIONS.rounds):
            began, burnt = time.perf_counter(), time.process_time()
            client.get(path)
            times.append((time.perf_counter() - began) * 1000)
            work.append((time.process_time() - burnt) * 1000)
        p95, cpu = (statistics.quantiles(each, n=20)[18] for each in (times, work))
        figures.append(
            f"{name} p50 {statistics.median(times):.0f} p95 {p95:.0f} ms, "
            f"of it processor p95 {cpu:.0f}, {asked} queries"
        )
    print(
        f"{side} pages, {OPTIONS.groups} groups, {OPTIONS.members} members: {'; '.join(figures)} "
        f"[{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}]",
        flush=True,
    )


if __name__ == "__main__":
    main()
