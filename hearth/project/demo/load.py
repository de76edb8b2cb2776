"""Writes the planned life of the demo community into the database, with the times it happened.

Services know only the present, so the past is written as rows; messages go through the one writer, and every member,
membership and message leaves its fact (historical: nobody is told twice, nothing is set off). What pages show is then
computed from these rows and facts, the pulse by the same job as everywhere.
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from hearth.conversation.queries.rooms import room_ids_of_groups
from hearth.conversation.services.rooms import open_room
from hearth.core.jobs import enqueue
from hearth.core.models import Community
from hearth.core.tenancy import community_scope
from hearth.groups.models import Charter, Group, Norms
from hearth.groups.rules.onboarding import NEW_FOR
from hearth.groups.services.onboarding import give_buddy
from hearth.insight.models import Goal
from hearth.insight.services import refresh_pulse
from hearth.insight.services.people import refresh_people
from hearth.kit.clock import now
from hearth.project.demo import load_desk, load_doors, load_people, load_talk, load_value
from hearth.project.demo.book import Book, words
from hearth.project.demo.making import plan
from hearth.project.demo.shapes import DemoPlan

PASSWORD = "hearth-demo"  # noqa: S105  printed on the first page of a demo that listens on this machine alone
SEED_FILE = "demo-now"


def load_demo(moment: datetime | None = None) -> str:
    """Make the demo community unless it is there; returns the logins to show."""
    planned = plan(now=_first_start(moment))
    if not Community.objects.filter(key=planned.community.key).exists():
        with transaction.atomic():
            book = _found(planned)
        with community_scope(book.community):
            load_talk.load(book)
            with transaction.atomic():
                load_desk.load(book)
                load_doors.load(book)
                load_value.load(book)
            refresh_pulse()
            refresh_people()
            enqueue("insight.refresh_metrics", unique_key=f"community:{book.community.pk}")  # by the worker, at once
    return logins(planned)


def logins(planned: DemoPlan) -> str:
    """Who a visitor may step into, as text."""
    lines = [f"  {persona.role:<10} {persona.email:<22} password {PASSWORD}" for persona in planned.personas]
    return "\n".join(["Step into somebody on the sign-in page, or sign in:", *lines])


def _first_start(moment: datetime | None) -> datetime:
    """The present of the plan: the first start of this installation, so that a second start knows the same plan."""
    file = Path(settings.HEARTH_HOME) / SEED_FILE
    if moment is None and file.exists():
        return datetime.fromisoformat(file.read_text().strip())
    moment = moment or now()
    file.write_text(moment.isoformat())
    return moment


def _found(planned: DemoPlan) -> Book:
    told = planned.community
    community = Community.objects.create(
        key=told.key,
        name=words(told.name),
        language=told.language,
        time_zone=told.time_zone,
        created_at=told.founded_at,
    )
    book = Book(planned, community)
    with community_scope(community):
        Charter.objects.create(
            purpose=words(told.purpose),
            audience=words(told.audience),
            values=words(told.values),
            goals={code: _goals(planned, code) for code in ("en", "zh-hans", "zh-hant")},
            type=told.kind,
            serves_link=told.serves,
        )
        load_people.load(book, PASSWORD)
        _open_groups(book)
        load_people.seat(book)
        _give_buddies(book)
        _set_goals(book)
    return book


def _goals(planned: DemoPlan, language: str) -> str:
    return "\n".join(f"- {goal.words.in_language(language)}" for goal in planned.community.goals)


def _give_buddies(book: Book) -> None:
    """Who came this week has somebody to greet them, as if the house had seen them come."""
    for told in sorted(book.plan.memberships, key=lambda told: told.joined_at):
        if told.joined_at > now() - NEW_FOR and told.left_at is None:
            give_buddy(book.groups[told.group].pk, book.members[told.person].pk)


def _set_goals(book: Book) -> None:
    told = book.plan.community
    for goal in told.goals:
        Goal.objects.create(
            metric=goal.metric,
            group=book.groups[goal.group] if goal.group else None,
            bound=goal.bound,
            value=goal.target,
            due=goal.due,
            why=goal.words.in_language(told.language),
            set_at=told.founded_at,
            set_on=told.founded_at.date(),
            set_by="house",
        )


def _open_groups(book: Book) -> None:
    for told in book.plan.groups:
        group = Group.objects.create(
            key=told.key,
            theme=told.theme.in_language(told.language)[:80],
            name=words(told.name),
            function=words(told.function),
            card=words(told.card),
            welcome=words(told.welcome),
            capacity=told.capacity,
            language=told.language,
            time_zone=told.time_zone,
            visibility=told.visibility,
            space=told.space,
            opened_at=told.opened_at,
        )
        open_room(group)
        book.groups[told.key] = group
        book.norms[told.key] = Norms.objects.create(
            group=group, version=1, text=words(told.norms), at=told.opened_at, by="house"
        )
    rooms = room_ids_of_groups([group.pk for group in book.groups.values()])
    book.rooms.update({key: rooms[group.pk] for key, group in book.groups.items()})
