"""Puts the plan together: charter, people, talk, stories and marks, in time order and with keys."""

import random
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from hearth.kit import clock
from hearth.project.demo.clock import ZONE_NAME
from hearth.project.demo.customs import answer_as_nurse, hold_rituals, pass_on_questions, welcome_newcomers
from hearth.project.demo.drafts import Draft
from hearth.project.demo.life import Memory, Room
from hearth.project.demo.marks import Marker
from hearth.project.demo.roster import FOUNDED_BEFORE, Roster, RosterMaker
from hearth.project.demo.scripts import SCRIPTS, Script
from hearth.project.demo.shapes import (
    DemoCommunity,
    DemoGoal,
    DemoGroup,
    DemoHiding,
    DemoMessage,
    DemoNotice,
    DemoPage,
    DemoPin,
    DemoPlan,
    DemoRole,
    Persona,
    Words,
)
from hearth.project.demo.stories import Stories, Teller
from hearth.project.demo.voices import Choir

SEED = 20260521
LEADS = {
    "cardiology": {"bo": 5.0, "chen": 3.6},
    "paediatrics": {"paed_keeper": 5.5},
    "emergency": {"er_keeper": 6.0, "bo": 0.6},
    "neurology": {"neuro_keeper": 7.0},
    "oncology": {"carrier": 26.0},
    "endocrinology": {"endo_keeper": 5.0},
    "diabetes": {},
}
HOSTS = {"cardiology": "mei", "paediatrics": "mei", "endocrinology": "mei", "diabetes": "joyce"}
PASSED_ON = {
    "neurology": 6,
    "endocrinology": 7,
    "cardiology": 4,
    "paediatrics": 4,
    "oncology": 4,
    "emergency": 3,
    "diabetes": 5,
}


def plan(*, seed: int = SEED, days: int = 90, people: int = 300, now: datetime | None = None) -> DemoPlan:
    """The life of the demonstration community in the ``days`` before ``now``.

    The same ``seed``, ``days``, ``people`` and ``now`` give an equal plan. Raises ValueError when ``now`` is naive,
    when there are fewer than 100 people or fewer than 60 days: the stories need room.
    """
    now = now or clock.now()
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if people < 100 or days < 60:
        raise ValueError("the demonstration needs at least 100 people and 60 days")
    return Making(seed, days, people, now.astimezone(UTC).replace(microsecond=0)).plan()


@cache
def charter() -> dict[str, Any]:
    """The operator's texts as written in ``charter.toml``."""
    return tomllib.loads(files(__package__).joinpath("charter.toml").read_text(encoding="utf-8"))


class Making:
    """One plan in the making."""

    def __init__(self, seed: int, days: int, people: int, now: datetime) -> None:
        self._seed, self._days, self._now = seed, days, now
        self._start = now - timedelta(days=days)
        self._roster: Roster = RosterMaker(self._rng("people"), people, self._start, now).make()
        self._memory = Memory()
        self._rooms = {script.key: self._room(script) for script in SCRIPTS}

    def _rng(self, name: str) -> random.Random:
        return random.Random(f"{self._seed}:{name}")  # noqa: S311

    def plan(self) -> DemoPlan:
        """Everything."""
        for script in SCRIPTS:
            self._live(script)
        stories = Teller(self._rooms, self._roster, self._now).tell()
        drafts = self._ordered()
        marker = Marker(self._rng("marks"), self._rooms, self._roster, self._start, self._now)
        acceptances = marker.acceptances(drafts, stories)
        seen, read_marks = marker.looks(drafts)
        pages = self._pages(stories)
        notices = marker.notices(drafts, acceptances, read_marks) + self._staff_notices(pages)
        return DemoPlan(
            seed=self._seed,
            now=self._now,
            days=self._days,
            community=self._community(),
            groups=self._groups(),
            people=tuple(self._roster.people),
            memberships=tuple(self._roster.memberships),
            roles=tuple(self._roster.roles),
            verifications=tuple(self._roster.verifications),
            messages=self._messages(drafts),
            acceptances=tuple(acceptances),
            reactions=tuple(marker.reactions(drafts)),
            edits=tuple(marker.edits(drafts)),
            hidings=self._hidings(stories),
            pins=self._pins(stories),
            pages=pages,
            seen=tuple(seen),
            read_marks=tuple(read_marks),
            notices=tuple(sorted(notices, key=lambda row: (row.at, row.person, row.reason, row.message or ""))),
            bookmarks=tuple(marker.bookmarks(drafts, stories)),
            personas=self._personas(),
        )

    # talk

    def _room(self, script: Script) -> Room:
        rng = self._rng(script.key)
        members = [
            (row, self._roster.person(row.person)) for row in self._roster.memberships if row.group == script.key
        ]
        leads = {self._roster.tags[tag]: weight for tag, weight in LEADS[script.key].items()}
        silent = {self._roster.tags["dara"], self._roster.tags["badge_waiting"]}
        choir = Choir(rng, script, members, self._now, leads, silent)
        carrier = self._roster.tags["carrier"] if script.carrier else None
        return Room(rng, script, choir, self._now, carrier, self._memory)

    def _live(self, script: Script) -> None:
        room, tags = self._rooms[script.key], self._roster.tags
        host = tags[HOSTS.get(script.key, "oscar")]
        opened = max(self._start, self._start + timedelta(days=script.opens_on))
        norms = charter()["groups"][script.key]["norms"]
        language = charter()["groups"][script.key]["language"]
        text = norms["zh_hans" if language == "zh-hans" else "en"]
        room.put(tags["ada"], opened + timedelta(minutes=20), text, language[:2], "norms", origin="operator")
        room.live(self._start, self._days)
        rows = [row for row in self._roster.memberships if row.group == script.key]
        welcome_newcomers(room, self._roster, rows, opened)
        hold_rituals(room, host, self._start)
        if room.patients:
            answer_as_nurse(room, host)
        pass_on_questions(room, host, PASSED_ON[script.key], self._start)

    def _ordered(self) -> list[Draft]:
        drafts = [draft for room in self._rooms.values() for draft in room.drafts if draft.at < self._now]
        drafts.sort(key=lambda draft: (draft.at, draft.group))
        for number, draft in enumerate(drafts, start=1):
            draft.at = draft.at.replace(microsecond=0)
            draft.key = f"m{number:05d}"
        return drafts

    def _messages(self, drafts: list[Draft]) -> tuple[DemoMessage, ...]:
        roles: dict[tuple[str, str], list[DemoRole]] = {}
        for row in self._roster.roles:
            roles.setdefault((row.person, row.group), []).append(row)
        made = []
        for draft in drafts:
            held = [
                row.role
                for row in roles.get(draft.person_group, ())
                if row.since <= draft.at < (row.until or self._now)
            ]
            made.append(
                DemoMessage(
                    draft.key,
                    draft.group,
                    draft.author,
                    draft.at,
                    draft.text,
                    "zh-hans" if draft.language == "zh" else "en",
                    draft.reply_to.key if draft.reply_to else None,
                    draft.opener.key if draft.opener else None,
                    draft.is_question,
                    draft.mentions,
                    draft.origin,
                    held[0] if held else "member",
                )
            )
        return tuple(made)

    # what the stories leave

    def _hidings(self, stories: Stories) -> tuple[DemoHiding, ...]:
        rows = [
            DemoHiding(
                row.draft.key,
                row.by,
                row.at,
                row.reason,
                row.note,
                row.restored_at,
                row.restored_by,
                row.restore_note,
            )
            for row in stories.hidden
        ]
        return tuple(sorted(rows, key=lambda row: (row.at, row.message)))

    def _pins(self, stories: Stories) -> tuple[DemoPin, ...]:
        rows = [
            DemoPin(draft.key, draft.group, draft.author, draft.at + timedelta(minutes=1))
            for room in self._rooms.values()
            for draft in room.drafts
            if draft.part == "norms"
        ]
        answer = stories.noted["verified"]
        rows.append(DemoPin(answer.key, answer.group, self._roster.tags["bo"], answer.at + timedelta(hours=6)))
        return tuple(sorted(rows, key=lambda row: (row.at, row.message)))

    def _pages(self, stories: Stories) -> tuple[DemoPage, ...]:
        rows = [
            DemoPage(
                draft.key,
                draft.group,
                by,
                specialty,
                to,
                draft.at + timedelta(minutes=35),
                draft.at + timedelta(minutes=35) + deadline,
                answer.at if answer else None,
            )
            for draft, by, specialty, to, deadline, answer in stories.paged
        ]
        return tuple(sorted(rows, key=lambda row: row.at))

    def _staff_notices(self, pages: tuple[DemoPage, ...]) -> list[DemoNotice]:
        paged = [
            DemoNotice(person, "paged", row.message, None, row.at, row.answered_at)
            for row in pages
            for person in row.to
        ]
        waiting = [row for row in self._roster.verifications if row.state == "waiting"]
        desk = (self._roster.tags["felix"], self._roster.tags["ada"])
        return paged + [
            DemoNotice(key, "badge_waiting", None, row.person, row.sent_at, None) for row in waiting for key in desk
        ]

    # the charter

    def _community(self) -> DemoCommunity:
        texts = charter()["community"]
        today = self._now.date()
        goals = tuple(
            DemoGoal(
                Words(**goal["words"]), goal["metric"], goal["bound"], goal["target"],
                today + timedelta(days=goal["due_in_days"]) if "due_in_days" in goal else None, goal.get("group"),
            )
            for goal in charter()["goals"]
        )  # fmt: skip
        words = {name: Words(**texts[name]) for name in ("name", "purpose", "audience", "values")}
        return DemoCommunity(
            key="lakeside",
            **words,
            kind="auxiliary",
            serves="relations",
            goals=goals,
            language="en",
            time_zone=ZONE_NAME,
            founded_at=self._start - FOUNDED_BEFORE,
        )

    def _groups(self) -> tuple[DemoGroup, ...]:
        return tuple(self._group(script) for script in SCRIPTS)

    def _group(self, script: Script) -> DemoGroup:
        texts = charter()["groups"][script.key]
        words = {name: Words(**texts[name]) for name in ("name", "theme", "function", "card", "norms", "welcome")}
        opened = self._start + timedelta(days=self._days * script.opens_on / 90) - timedelta(hours=4)
        return DemoGroup(
            key=script.key,
            **words,
            capacity=texts["capacity"],
            language=texts["language"],
            time_zone=ZONE_NAME,
            visibility=texts["visibility"],
            space="patient" if script.rhythm == "patients" else "professional",
            story=script.story,
            opened_at=opened,
        )

    def _personas(self) -> tuple[Persona, ...]:
        people = [person for person in self._roster.people if person.persona]
        return tuple(Persona(person.persona, person.key, person.email) for person in people)
