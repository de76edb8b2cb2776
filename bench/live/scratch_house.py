"""A scratch Hearth for the benchmarks: its own folder, SQLite with synchronous=FULL, rooms full of members, processes.

Call ``prepare`` before anything of Django is imported.
"""

import contextlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(os.environ.get("HEARTH_PEERS", ROOT.parent / "shared" / "bench"))


def prepare(folder: str | None = None) -> Path:
    """Make a scratch home and set Django up on it."""
    home = Path(folder or tempfile.mkdtemp(prefix="hearth-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")))
    home.mkdir(parents=True, exist_ok=True)
    os.environ["HEARTH_HOME"] = str(home)
    os.environ["PORT"] = str(free_port())
    os.environ["HEARTH_GATEWAY_PORT"] = str(free_port())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return home


@dataclass
class People:
    """Who was seeded: per room its id and the (user, session) of each of its members."""

    community_id: int
    rooms: list[int] = field(default_factory=list)
    members: list[list[tuple[int, str]]] = field(default_factory=list)
    identities: list[list[int]] = field(default_factory=list)

    def tokens(self, members: int) -> list[str]:
        """One line ``user:session:community|room`` for each of the first ``members`` of each room, room by room."""
        return [
            f"{user}:{session}:{self.community_id}|{room}"
            for room, people in zip(self.rooms, self.members, strict=True)
            for user, session in people[:members]
        ]


def seed(rooms: int, members: int, posts_per_minute: int) -> People:
    """A community with full rooms. The rate limit is raised, since three senders speak for a room."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    from hearth.conversation.models import Room
    from hearth.core.models import CommunitySetting, User
    from hearth.core.tenancy import community_scope
    from hearth.groups.models import Group, Membership
    from hearth.groups.services import found_community
    from hearth.people.models import Identity, Member, Person

    community = found_community("bench", "Bench", "en", "UTC")
    people = People(community.pk)
    with community_scope(community), transaction.atomic():
        CommunitySetting.objects.create(key="conversation.posts_per_minute", value=posts_per_minute)
        for number in range(rooms):
            group = Group.objects.create(
                key=f"room-{number}", name={"en": f"Room {number}"}, space="professional", member_count=members
            )
            room, _made = Room.objects.get_or_create(group=group)
            people.rooms.append(room.pk)
            inside, spoken = [], []
            for place in range(members):
                user = User.objects.create(email=f"m{number}-{place}@bench.example", password="!")
                person = Person.objects.create(user=user)
                member = Member.objects.create(
                    person=person, kind="professional", display_name=f"Member {place}", real_name=f"李医生 {place}",
                    hospital="圣路加医院", department="心内科",
                )  # fmt: skip
                identity = Identity.objects.create(
                    member=member, source=Identity.NATIVE, external_id=str(member.pk), name=member.display_name
                )
                Membership.objects.create(group=group, member=member, joined_by="staff")
                session = SessionStore()
                session[SESSION_KEY] = str(user.pk)
                session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
                session[HASH_SESSION_KEY] = user.get_session_auth_hash()
                session.save()
                inside.append((user.pk, session.session_key))
                spoken.append(identity.pk)
            people.members.append(inside)
            people.identities.append(spoken)
    return people


@contextlib.contextmanager
def process(*command: str, env: dict[str, str] | None = None, log: Path | None = None) -> Iterator[Any]:
    """Run a process of ours; ends with the block."""
    out = (log or Path(os.environ["HEARTH_HOME"]) / f"{command[-1]}.log").open("ab")
    child = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=out, stderr=out, cwd=ROOT)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        out.close()


def hearth(name: str) -> Any:
    """One of Hearth's processes: ``web``, ``gateway`` or ``worker``."""
    return process(str(Path(sys.executable).with_name("hearth")), name)


def wait_for_gateway() -> None:
    """Until it answers."""
    address = f"http://127.0.0.1:{os.environ['HEARTH_GATEWAY_PORT']}/live/health"
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def machine() -> str:
    """What the numbers were measured on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def discard(home: Path) -> None:
    """Forget a scratch house."""
    shutil.rmtree(home, ignore_errors=True)
