"""What readers leave on messages: reactions, accepted answers, edits, looks, read marks, notices, bookmarks."""

import random
import re
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta

from hearth.project.demo.clock import ZONE, local, poisson, quick_delay, slow_delay
from hearth.project.demo.drafts import Draft
from hearth.project.demo.life import Room
from hearth.project.demo.roster import Roster
from hearth.project.demo.shapes import (
    DemoAcceptance,
    DemoBookmark,
    DemoEdit,
    DemoMembership,
    DemoNotice,
    DemoReaction,
    DemoReadMark,
    DemoSeen,
)
from hearth.project.demo.stories import Stories

EMOJI = {
    "opening": ("👀", "👍", "🤔"),
    "answer": ("👍", "💡", "🙏", "👏"),
    "thanks": ("❤️", "👍"),
    "followup": ("🎉", "👏", "❤️", "🙏"),
    "intro": ("👋", "🎉", "❤️"),
    "ritual": ("👍", "🔥"),
    "norms": ("👍", "✅"),
    "story": ("👍", "❤️", "🙏"),
}
LIKED = {"opening": 0.22, "answer": 0.42, "followup": 1.1, "intro": 0.7, "story": 0.7, "norms": 6.0, "ritual": 0.6}
NOTICE_DAYS = 21
SENTENCE = re.compile(r"(?<=[.!?。！？])\s*(?=\S)")


class Marker:
    """Leaves the marks of readers on the finished talk."""

    def __init__(
        self, rng: random.Random, rooms: dict[str, Room], roster: Roster, start: datetime, now: datetime
    ) -> None:
        self._rng, self._rooms, self._roster, self._start, self._now = rng, rooms, roster, start, now
        self._by_group: dict[str, list[DemoMembership]] = defaultdict(list)
        for row in roster.memberships:
            self._by_group[row.group].append(row)
        self._keen = {row.key: rng.betavariate(0.8, 1.9) for row in roster.people}
        speakers = {draft.author for room in rooms.values() for draft in room.drafts}
        for key in speakers:
            self._keen[key] = 0.25 + 0.75 * self._keen[key]

    def reactions(self, drafts: list[Draft]) -> list[DemoReaction]:
        """Emoji under messages, most under few, set by those who look often."""
        rng, found = self._rng, []
        for draft in drafts:
            count = min(poisson(rng, rng.expovariate(1 / LIKED.get(draft.part, 0.3))), 14)
            if not count or draft.part == "advert":
                continue
            palette = EMOJI.get(draft.part, ("👍", "🙏", "❤️"))
            rows = [
                row for row in self._by_group[draft.group] if self._in(row, draft.at) and row.person != draft.author
            ]
            chosen = rng.choices(rows, weights=[self._keen[row.person] for row in rows], k=count) if rows else []
            for person in dict.fromkeys(row.person for row in chosen):
                at = draft.at + (quick_delay(rng) if rng.random() < 0.7 else slow_delay(rng))
                if at < self._now:
                    emoji = palette[0] if rng.random() < 0.55 else rng.choice(palette)
                    found.append(DemoReaction(draft.key, person, emoji, at))
        return sorted(found, key=lambda row: (row.at, row.message, row.person))

    def acceptances(self, drafts: list[Draft], stories: Stories) -> list[DemoAcceptance]:
        """Askers take an answer for about a third of the questions that have one; experts verify some."""
        rng, found, done = self._rng, [], set()
        for question, taken, judge, judged_at in stories.accepted:
            done.add(question.key)
            accepted_at = taken.at + timedelta(minutes=44)
            found.append(DemoAcceptance(question.key, taken.key, question.author, accepted_at, judge, judged_at))
        answers: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            if draft.part == "answer" and draft.opener is not None:
                answers[draft.opener.key].append(draft)
        for draft in drafts:
            options = answers.get(draft.key)
            if draft.part != "opening" or not draft.is_question or not options or rng.random() > 0.34:
                continue
            answer = rng.choice(options)
            at = answer.at + quick_delay(rng) * 6
            if draft.key not in done and at < self._now:
                expert, verified = self._verify(draft, answer, at)
                found.append(DemoAcceptance(draft.key, answer.key, draft.author, at, expert, verified))
        return sorted(found, key=lambda row: (row.at, row.question))

    def _verify(self, question: Draft, answer: Draft, at: datetime) -> tuple[str | None, datetime | None]:
        verified = {row.person for row in self._roster.verifications if row.state == "verified" and row.decided_at}
        rows = [
            row.person
            for row in self._by_group[question.group]
            if row.person in verified and self._in(row, at) and row.person not in (answer.author, question.author)
        ]
        later = at + quick_delay(self._rng) * 20
        if not rows or self._rng.random() > 0.3 or later >= self._now:
            return None, None
        return self._rng.choice(rows), later

    def edits(self, drafts: list[Draft]) -> list[DemoEdit]:
        """Some authors add a sentence after a minute; what stood before is kept."""
        found = []
        for draft in drafts:
            if draft.part in ("advert", "norms", "ritual", "story") or self._rng.random() > 0.035:
                continue
            pieces = SENTENCE.split(draft.text)
            at = draft.at + timedelta(seconds=self._rng.uniform(20, 500))
            if len(pieces) >= 2 and at < self._now:
                before = draft.text[: draft.text.rindex(pieces[-1])].rstrip()
                found.append(DemoEdit(draft.key, at, before))
        return sorted(found, key=lambda row: (row.at, row.message))

    def looks(self, drafts: list[Draft]) -> tuple[list[DemoSeen], list[DemoReadMark]]:
        """Who looked into which group on which day, and how far they read."""
        spoke: dict[tuple[str, str], dict[object, datetime]] = defaultdict(dict)
        stream: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            spoke[draft.person_group][local(draft.at).date()] = draft.at
            stream[draft.group].append(draft)
        times = {group: [draft.at for draft in rows] for group, rows in stream.items()}
        seen: list[DemoSeen] = []
        marks: list[DemoReadMark] = []
        for row in self._roster.memberships:
            days = spoke.get((row.person, row.group), {})
            until = min(row.left_at or self._now, self._now)
            looked = self._days_looked(row, until, days, self._warmth(row.group))
            seen += [DemoSeen(row.person, row.group, local(at).date(), at) for at in looked]
            if looked:
                last = max(looked)
                place = bisect_right(times[row.group], last) - 1
                if place >= 0:
                    marks.append(DemoReadMark(row.person, row.group, stream[row.group][place].key, last))
        return sorted(seen, key=lambda each: (each.at, each.person, each.group)), marks

    def _warmth(self, group: str) -> float:
        return 0.8 if self._rooms[group].script.story == "dying" else 1.0

    def _days_looked(
        self, row: DemoMembership, until: datetime, spoke: dict[object, datetime], warmth: float
    ) -> list[datetime]:
        rng, looked = self._rng, []
        first = max(row.joined_at, self._start)
        day = local(first).replace(hour=0, minute=0, second=0, microsecond=0)
        keen, persona = self._keen[row.person] * warmth, self._roster.person(row.person).persona
        end = until - timedelta(hours=9) if persona in ("keeper", "doctor") else until
        while day < until:
            date = day.date()
            at = (day + timedelta(hours=rng.triangular(6, 23.9, 19))).astimezone(first.tzinfo)
            at = max(at, spoke[date]) if date in spoke else at
            if (date in spoke or rng.random() < keen) and first < at < end:
                looked.append(at)
            day = (day + timedelta(days=1)).astimezone(ZONE)
        return looked

    def notices(
        self, drafts: list[Draft], acceptances: list[DemoAcceptance], marks: list[DemoReadMark]
    ) -> list[DemoNotice]:
        """Notices of the last weeks: mentions, replies, accepted answers; read when the person looked in later."""
        since = self._now - timedelta(days=NOTICE_DAYS)
        looked = {(row.person, row.group): row.at for row in marks}
        by_key = {draft.key: draft for draft in drafts}
        found = []
        for draft in drafts:
            if draft.at < since or draft.part == "advert":
                continue
            told = dict.fromkeys(draft.mentions, "mentioned")
            if draft.reply_to is not None:
                told.setdefault(draft.reply_to.author, "replied")
            told.pop(draft.author, None)
            found += [self._notice(key, why, draft, draft.at, looked) for key, why in told.items()]
        for row in acceptances:
            answer = by_key[row.answer]
            if row.at >= since:
                found.append(self._notice(answer.author, "accepted", answer, row.at, looked))
        return found

    def _notice(
        self, person: str, reason: str, draft: Draft, at: datetime, looked: dict[tuple[str, str], datetime]
    ) -> DemoNotice:
        last = looked.get((person, draft.group))
        read = None
        if last is not None and last > at:
            read = min(at + quick_delay(self._rng) * 15, last)
        return DemoNotice(person, reason, draft.key, None, at, read)

    def bookmarks(self, drafts: list[Draft], stories: Stories) -> list[DemoBookmark]:
        """What people kept: links, long answers, the cases worth teaching."""
        rng, tags = self._rng, self._roster.tags
        found = []
        for name, tag, hours in (
            ("long_case", "chen", 30),
            ("verified", "bo", 8),
            ("overdue", "ada", 20),
            ("verified", "chen", 6),
        ):
            draft = stories.noted[name]
            found.append(DemoBookmark(tags[tag], draft.key, draft.at + timedelta(hours=hours)))
        for draft in drafts:
            worth = 0.25 if "https://" in draft.text else 0.05 if len(draft.text) > 160 else 0.006
            if draft.part == "advert" or rng.random() > worth:
                continue
            rows = [row for row in self._by_group[draft.group] if self._in(row, draft.at)]
            at = draft.at + slow_delay(rng)
            if rows and at < self._now:
                row = rng.choices(rows, weights=[self._keen[each.person] for each in rows])[0]
                found.append(DemoBookmark(row.person, draft.key, at))
        unique = {(row.person, row.message): row for row in found}
        return sorted(unique.values(), key=lambda row: (row.at, row.person, row.message))

    @staticmethod
    def _in(row: DemoMembership, at: datetime) -> bool:
        return row.joined_at < at and (row.left_at is None or at < row.left_at)
