"""The stories to find: scripted where chance would not tell them well enough."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hearth.project.demo.clock import local, wake
from hearth.project.demo.drafts import Draft, Part
from hearth.project.demo.grammar import load_families, mention, render
from hearth.project.demo.life import Room
from hearth.project.demo.roster import Roster


@dataclass(frozen=True, slots=True)
class Hidden:
    """A draft taken out of sight, perhaps restored."""

    draft: Draft
    by: str
    at: datetime
    reason: str
    note: str
    restored_at: datetime | None = None
    restored_by: str | None = None
    restore_note: str = ""


@dataclass(slots=True)
class Stories:
    """What the scripted stories leave behind besides messages."""

    hidden: list[Hidden] = field(default_factory=list)
    pinned: list[tuple[Draft, str, datetime]] = field(default_factory=list)
    paged: list[tuple[Draft, str, str, tuple[str, ...], timedelta, Draft | None]] = field(default_factory=list)
    accepted: list[tuple[Draft, Draft, str, datetime | None]] = field(default_factory=list)
    noted: dict[str, Draft] = field(default_factory=dict)


class Teller:
    """Tells the stories into the rooms."""

    def __init__(self, rooms: dict[str, Room], roster: Roster, now: datetime) -> None:
        self._rooms, self._roster, self._now = rooms, roster, now
        self.stories = Stories()
        self._scenes = load_families("stories", "en")

    def tell(self) -> Stories:
        """All of them."""
        self._long_case()
        self._verified_answer()
        self._overdue_question()
        self._keeper_leaves()
        self._adverts()
        self._privacy_slip()
        self._restored_post()
        self._calls_the_keeper()
        self._newcomers()
        self._last_minutes()
        return self.stories

    # pieces

    def _tag(self, name: str) -> str:
        return self._roster.tags[name]

    def _ago(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A time of the working day, ``days`` days ago on the clinics' clock."""
        here = local(self._now).replace(hour=hour, minute=minute, second=0) - timedelta(days=days)
        return here.astimezone(UTC)

    @staticmethod
    def _on(day: datetime, hour: int) -> datetime:
        return local(day).replace(hour=hour, minute=17).astimezone(UTC)

    def _line(self, scene: str, number: int) -> str:
        slots = {name: mention(key) for name, key in self._roster.tags.items()}
        return render(self._scenes[scene].answers[number], slots, self._rooms["cardiology"].rng)

    def _say(
        self,
        room: Room,
        author: str,
        at: datetime,
        text: str,
        language: str,
        part: Part = "story",
        to: Draft | None = None,
        origin: str = "organic",
    ) -> Draft:
        return room.put(author, at, text, language, part, to, origin)

    def _others(self, room: Room, at: datetime, language: str, count: int, without: set[str]) -> list[str]:
        """``count`` members for a story: active ones first, all of them here until the end."""
        stay = [voice.person.key for voice in room.choir.voices if voice.joined_at < at and voice.left_at >= self._now]
        able = [key for key in stay if language in self._roster.person(key).languages and key not in without]
        found: list[str] = []
        for _ in range(count * 4):
            voice = room.choir.pick(at, language, without=without | set(found))
            if voice is not None and voice.person.key in able and len(found) < count:
                found.append(voice.person.key)
        return found + [key for key in able if key not in found][: count - len(found)]

    # stories

    def _long_case(self) -> None:
        """A case discussed by nine people over three days."""
        room, scene = self._rooms["cardiology"], self._scenes["endocarditis"]
        at = self._ago(9, 10, 12)
        chen, bo = self._tag("chen"), self._tag("bo")
        cast = self._others(room, at, "en", 7, {chen, bo})
        who = {"C": chen, "B": bo} | {str(number + 1): key for number, key in enumerate(cast)}
        said: list[Draft] = []
        for line in scene.answers:
            role, minutes, target, text = line.split(" ", 3)
            at += timedelta(minutes=int(minutes))
            to = said[int(target)] if target != "-" else None
            author = who.get(role, cast[-1])
            said.append(self._say(room, author, at, render(text, {}, room.rng), "en", to=to))
        self.stories.noted["long_case"] = said[0]

    def _verified_answer(self) -> None:
        """A question with an accepted answer that an expert has verified."""
        room = self._rooms["cardiology"]
        at = self._ago(20, 9, 41)
        chen = self._tag("chen")
        asker, answerer, other = self._others(room, at, "en", 3, {chen})
        question = self._say(room, asker, at, self._line("verified", 0), "en")
        self._say(room, other, at + timedelta(minutes=11), self._line("verified", 1), "en", to=question)
        answer = self._say(room, answerer, at + timedelta(minutes=38), self._line("verified", 2), "en", to=question)
        self._say(room, chen, at + timedelta(hours=5), self._line("verified", 3), "en", to=answer)
        self._say(room, asker, at + timedelta(hours=5, minutes=9), self._line("verified", 4), "en", to=answer)
        self.stories.accepted.append((question, answer, chen, at + timedelta(hours=5, minutes=2)))
        self.stories.noted["verified"] = answer

    def _overdue_question(self) -> None:
        """A direct question to the experts in the liveliest group, three days without an answer."""
        room = self._rooms["cardiology"]
        at = self._ago(4, 10, 26)
        chen, bo = self._tag("chen"), self._tag("bo")
        asker, *others = self._others(room, at, "en", 8, {chen, bo})
        verified = {row.person for row in self._roster.verifications if row.state == "verified"}
        expert = next((key for key in others if key in verified), bo)
        question = self._say(room, asker, at, self._line("overdue", 0), "en")
        self.stories.paged.append((question, bo, "cardiology", (chen, expert), timedelta(hours=24), None))
        self.stories.noted["overdue"] = question
        earlier = self._ago(31, 16, 8)
        asker = self._others(room, earlier, "en", 1, {chen, bo})[0]
        paged = self._say(room, asker, earlier, self._line("overdue", 1), "en")
        answer = self._say(room, chen, earlier + timedelta(hours=3), self._line("overdue", 2), "en", to=paged)
        self.stories.paged.append((paged, bo, "cardiology", (chen,), timedelta(hours=24), answer))
        self.stories.accepted.append((paged, answer, bo, earlier + timedelta(hours=9)))

    def _keeper_leaves(self) -> None:
        """Neurology: a farewell, no successor, questions into the silence."""
        room, keeper = self._rooms["neurology"], self._tag("neuro_keeper")
        left = next(row.left_at for row in self._roster.memberships if row.person == keeper and row.left_at)
        farewell = self._say(room, keeper, self._on(left - timedelta(days=1), 16), self._line("farewell", 0), "en")
        people = self._others(room, left, "en", 8, {keeper})
        for number, author in enumerate(people[:3]):
            at = farewell.at + timedelta(minutes=17 + 41 * number)
            self._say(room, author, at, self._line("farewell", 1 + number), "en", to=farewell)
        for number, days in enumerate((5, 11, 16, 24, 31)):
            author = people[3 + number % (len(people) - 3)] if len(people) > 3 else people[number % len(people)]
            at = min(self._on(left + timedelta(days=days), 9 + 2 * number), self._now - timedelta(days=5))
            self._say(room, author, at, self._line("into_silence", number), "en")

    def _adverts(self) -> None:
        """A few adverts: the keeper hides most of them, late; two still stand."""
        adverts = self._scenes["adverts"].answers
        plan = (
            ("paediatrics", "advert0", 1, 0, 5.0),
            ("paediatrics", "advert0", 30, 1, 7.5),
            ("paediatrics", "advert1", 3, 2, 20.0),
            ("paediatrics", "advert1", 70, 3, 30.0),
            ("paediatrics", "advert1", 260, 4, 0.0),
            ("paediatrics", "advert2", 2, 5, 26.0),
            ("paediatrics", "advert2", 120, 6, 9.0),
            ("paediatrics", "advert1", 560, 7, 40.0),
            ("paediatrics", "advert2", 330, 8, 0.0),
            ("diabetes", "advert3", 1, 9, 0.6),
            ("diabetes", "advert3", 20, 10, 0.4),
        )
        for group, tag, hours, number, hidden_after in plan:
            person, room = self._roster.person(self._tag(tag)), self._rooms[group]
            at = wake(room.rng, person.joined_at + timedelta(hours=hours, minutes=13), "doctors")
            if at > self._now - timedelta(hours=2):
                continue
            draft = self._say(room, person.key, at, adverts[number], "zh", "advert")
            by = self._tag("bo" if group == "diabetes" else "paed_keeper")
            when = at + timedelta(hours=hidden_after)
            if hidden_after and when < self._now:
                self.stories.hidden.append(Hidden(draft, by, when, "advert", "广告，未经允许推销；群规第三条。"))
            if number in (2, 8, 10):
                self._complain(room, draft, number)

    def _complain(self, room: Room, draft: Draft, number: int) -> None:
        at = draft.at + timedelta(minutes=26)
        found = self._others(room, at, "zh", 1, set())
        if found:
            self._say(room, found[0], at, self._line("complaints", {2: 0, 8: 1, 10: 2}[number]), "zh", to=draft)

    def _privacy_slip(self) -> None:
        """Somebody names a bed and initials; the keeper hides it with a reason and says why."""
        room, keeper = self._rooms["emergency"], self._tag("er_keeper")
        at = self._ago(13, 14, 52)
        author = self._others(room, at, "en", 1, {keeper})[0]
        slip = self._say(room, author, at, self._line("privacy", 0), "en")
        self._say(room, keeper, at + timedelta(minutes=22), self._line("privacy", 1), "en", to=slip)
        self._say(room, author, at + timedelta(minutes=40), self._line("privacy", 2), "en", to=slip)
        note = "Initials, age, bed and time together identify a patient. Please post again without them."
        self.stories.hidden.append(Hidden(slip, keeper, at + timedelta(minutes=20), "privacy", note))

    def _restored_post(self) -> None:
        """A patient's recipe hidden as an advert by mistake, restored by another person after an appeal."""
        room, bo, ada = self._rooms["diabetes"], self._tag("bo"), self._tag("ada")
        at = self._ago(17, 11, 3)
        author = self._others(room, at, "zh", 1, {bo})[0]
        post = self._say(room, author, at, self._line("restored", 0), "zh")
        self._say(room, author, at + timedelta(hours=27), self._line("restored", 1), "zh", to=post)
        self.stories.hidden.append(
            Hidden(
                post,
                bo,
                at + timedelta(hours=1),
                "advert",
                "带购买链接的商品推荐。",
                at + timedelta(hours=26),
                ada,
                "复核：只是自制食谱，链接指向公开的营养成分表，不是售卖。已恢复，并向作者致歉。",
            )
        )

    def _calls_the_keeper(self) -> None:
        """Two calls for the keeper that he has not read yet."""
        for group, hours, number, language in (("cardiology", 2.4, 0, "en"), ("diabetes", 5.2, 1, "zh")):
            room, at = self._rooms[group], self._now - timedelta(hours=hours)
            author = self._others(room, at, language, 1, {self._tag("bo"), self._tag("chen")})[0]
            self.stories.noted[f"call{number}"] = self._say(room, author, at, self._line("calls", number), language)

    def _newcomers(self) -> None:
        """Dara writes her first message and waits; a doctor whose badge is under review says hello."""
        dara = self._roster.person(self._tag("dara"))
        at = min(dara.joined_at + timedelta(minutes=31), self._now - timedelta(minutes=5))
        self.stories.noted["dara"] = self._say(
            self._rooms["diabetes"], dara.key, at, self._line("newcomers", 0), "en", "intro"
        )
        doctor = self._roster.person(self._tag("badge_waiting"))
        room = self._rooms["endocrinology"]
        hello = f"{doctor.real_name}-{doctor.hospital.zh_hans if doctor.hospital else ''}-内分泌科，" + self._line(
            "newcomers", 1
        )
        intro = self._say(room, doctor.key, doctor.joined_at + timedelta(minutes=12), hello, "zh", "intro")
        keeper = self._tag("endo_keeper")
        self._say(room, keeper, intro.at + timedelta(minutes=48), self._line("newcomers", 2), "zh", "welcome", intro)

    def _last_minutes(self) -> None:
        """The lively groups are talking as the visitor comes in."""
        for room in self._rooms.values():
            if not room.script.lively:
                continue
            scene = self._scenes[f"now-{room.script.key}"]
            at = self._now - timedelta(minutes=47)
            people = self._others(
                room, at, "en" if scene.kind == "en" else "zh", 3, {self._tag("bo"), self._tag("chen")}
            )
            said: Draft | None = None
            for number, line in enumerate(scene.answers):
                minutes, text = line.split(" ", 1)
                author = people[number % len(people)]
                when = self._now - timedelta(minutes=int(minutes))
                said = self._say(room, author, when, render(text, {}, room.rng), scene.kind, to=said)
