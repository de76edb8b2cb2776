"""The spontaneous talk of one group: conversations that start, are answered or not, and come back days later."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from hearth.project.demo.clock import first_delay, local, quick_delay, slow_delay, start_times, wake
from hearth.project.demo.drafts import Draft, Part
from hearth.project.demo.grammar import Bag, Family, choose_slots, fits, load_families, mention, render
from hearth.project.demo.scripts import HOSPITALS, TALK_NAME, Script, strength
from hearth.project.demo.voices import Choir, Voice
from hearth.project.demo.wording import reword

DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_ZH = "一二三四五六日"
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WARDS = ("ward 2A", "ward 3B", "ward 4C", "ward 5A", "ward 6B", "the day unit", "the step-down unit")
LENGTH = {"case": 1.5, "ask": 1.0, "guide": 1.05, "chat": 0.75, "note": 0.5}
COMMON_SHARE = 0.17
CASE_REST = 0.5
LONGEST = 13
DRESSED = 0.3
REPEAT_AFTER = timedelta(days=15)
REPEAT_LENGTH = 48
REPEAT_SHARE = 0.022
Pair = tuple[str, str]


class Memory:
    """What has been said in the whole community, so that people rarely say the very same thing twice."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[datetime, str]] = {}
        self._repeats = 0

    def take(self, text: str, at: datetime, group: str) -> bool:
        """Remember ``text``; False when it was said too lately, is too long to be chance, or repeats are many."""
        before = self._last.get(text)
        if before is not None:
            apart = abs(at - before[0]) >= REPEAT_AFTER
            if len(text) > REPEAT_LENGTH or not apart or self._repeats > REPEAT_SHARE * len(self._last):
                return False
            self._repeats += 1
        self._last[text] = (at, group)
        return True


class Room:
    """Makes the drafts of one group."""

    def __init__(
        self, rng: random.Random, script: Script, choir: Choir, now: datetime, carrier: str | None, memory: "Memory"
    ) -> None:
        self.rng, self.script, self.choir, self.now = rng, script, choir, now
        self.carrier = carrier
        self.drafts: list[Draft] = []
        self.bag = Bag(rng)
        self.memory = memory
        name = TALK_NAME.get(script.key, script.key)
        self.patients = script.rhythm == "patients"
        self._own = {language: list(load_families(name, language).values()) for language in ("en", "zh")}
        self._shared = {language: load_families("common", language) for language in ("en", "zh")}
        self._lines: dict[str, Family] = {}

    # saying things

    def slots(self, family: Family | None, at: datetime) -> dict[str, str]:
        """Values that hold through one conversation."""
        rng = self.rng
        woman = rng.random() < 0.5
        chinese = family is not None and family.language == "zh"
        here = local(at)
        hospital = rng.choice(HOSPITALS)
        slots = {
            "man": ("女" if woman else "男") if chinese else ("woman" if woman else "man"),
            "he": ("她" if woman else "他") if chinese else ("she" if woman else "he"),
            "ward": rng.choice(WARDS),
            "comma": ",",
            "他": "她" if woman else "他",
            "month": str((here.month + 10) % 12 + 1) if chinese else MONTHS_EN[(here.month + rng.choice((9, 10))) % 12],
            "hosp": hospital.en,
            "院": hospital.zh_hans,
        }
        slots |= {"He": slots["he"].capitalize(), "his": "her" if woman else "his", "him": "her" if woman else "him"}
        days = rng.sample(range(5), 2)
        slots |= {"day": DAYS_EN[days[0]], "day2": DAYS_EN[days[1]], "wd": DAYS_ZH[days[0]], "wd2": DAYS_ZH[days[1]]}
        return slots | (choose_slots(family, rng) if family else {})

    def write(
        self, line: str, slots: dict[str, str], at: datetime, language: str, author: str, *, dress: bool = False
    ) -> str:
        """``line`` in full; empty when it would repeat what was said before. ``dress`` allows words around it."""
        family, dress = self._shared[language], dress and self.rng.random() < DRESSED
        for number in range(8):
            extra = slots | self._company(line, at, language, slots | {"author": author})
            if extra.get("peer") == "":
                return ""
            text = render(line, self._hospital_of(author, extra), self.rng)
            if number > 1:
                text = reword(text, language, self.rng)
            if dress and number > 4:
                text = self._dress(text, family, extra)
            text = text.strip()
            if self.memory.take(text, at, self.script.key):
                self.bag.use(line)
                return text
        return ""

    def _company(self, line: str, at: datetime, language: str, slots: dict[str, str]) -> dict[str, str]:
        if "{peer}" not in line and ("{who}" not in line or "who" in slots):
            return {}
        if "thanked" in slots:
            return {"peer": mention(slots["thanked"])}
        peer = self.choir.pick(at, language, without={slots["author"], slots.get("asker", "")}, level=0.7)
        if peer is None:
            return {"peer": ""}
        return {"peer": mention(peer.person.key), "who": slots.get("who", peer.person.display_name)}

    def _hospital_of(self, author: str, slots: dict[str, str]) -> dict[str, str]:
        own = self.choir.hospitals.get(author)
        return slots | {"hosp": own.en, "院": own.zh_hans} if own and "name" not in slots else slots

    def _dress(self, text: str, families: dict[str, Family], slots: dict[str, str]) -> str:
        """``text`` with a few words before or after, as people say the same thing twice in a season."""
        kind = "-patient" if self.patients else ""
        lead = not self.patients and self.rng.random() < 0.5
        family = families[f"pool-{'lead' if lead else 'tail'}{kind}"]
        words = render(self.rng.choice(family.answers), slots, self.rng)
        space = " " * (family.language == "en")
        return words + space + text if lead else text + space + words

    def put(
        self,
        author: str,
        at: datetime,
        text: str,
        language: str,
        part: Part,
        reply_to: Draft | None = None,
        origin: str = "organic",
    ) -> Draft:
        """Add a draft; it belongs to the conversation of what it answers."""
        opener = (reply_to.opener or reply_to) if reply_to else None
        draft = Draft(self.script.key, author, at, text, language, part, reply_to, opener, origin)
        self.drafts.append(draft)
        return draft

    def say(
        self,
        lines: Iterable[str],
        slots: dict[str, str],
        author: str,
        at: datetime,
        part: Part,
        reply_to: Draft,
        *,
        dress: bool = False,
    ) -> Draft | None:
        """The first of ``lines`` not said before, as a reply; None when nothing new is left or it is too late."""
        if at >= self.now or not self.choir.member(author, at):
            return None
        slots = slots | {"asker": (reply_to.opener or reply_to).author}
        if part == "thanks":
            slots["thanked"] = reply_to.author
        for line in lines:
            text = self.write(line, slots, at, reply_to.language, author, dress=part == "answer" and dress)
            if text:
                return self.put(author, at, text, reply_to.language, part, reply_to)
        return None

    def pool(self, name: str, language: str) -> list[str]:
        """A pool of lines that fit anywhere (patients have their own)."""
        own = f"pool-{name}-patient"
        families = self._shared[language]
        family = families[own] if self.patients and own in families else families[f"pool-{name}"]
        return self.bag.order(family.answers)

    # conversations

    def live(self, start: datetime, days: int) -> None:
        """Ninety days of conversation starts."""
        begin = local(start).replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(days + 1):
            day = begin + timedelta(days=number)
            share = number / days
            if share * 90 < self.script.opens_on:
                continue
            mean = self.script.starts * strength(self.script.story, share)
            for at in start_times(self.rng, self.script.rhythm, day, mean):
                when = at.astimezone(start.tzinfo)
                if start < when < self.now:
                    self.converse(when)

    def language(self) -> str:
        """The language of the next conversation."""
        return "zh" if self.rng.random() < self.script.talk_zh else "en"

    def choose_family(self, language: str, kinds: tuple[str, ...] = ()) -> Family:
        """What to talk about next: what was not talked about for longest."""
        families = self._own[language]
        if not kinds and not self.patients and self.rng.random() < COMMON_SHARE:
            families = [each for each in self._shared[language].values() if each.kind != "pool"]
        fitting = [each for each in families if each.kind in kinds] or families
        names = self.bag.order([f"{each.language}:{each.name}" for each in fitting])
        self.bag.use(names[0])
        if next(each for each in fitting if f"{each.language}:{each.name}" == names[0]).kind == "case":
            self.bag.use(names[0], CASE_REST)
        return next(each for each in fitting if f"{each.language}:{each.name}" == names[0])

    def converse(self, at: datetime, *, quick: bool = False) -> Draft | None:
        """One conversation from ``at`` on; ``quick`` makes it be answered within minutes."""
        language = self.language()
        carried = self.carrier is not None and self.rng.random() < self.script.carrier
        kinds = ("note",) if carried and self.rng.random() < 0.24 else ()
        family = self.choose_family(language, kinds)
        asker = self._opener(at, language, carried=carried)
        if asker is None:
            return None
        slots = self.slots(family, at) | self._talked_about(family, at, language, asker)
        for line in self.bag.order(family.openings):
            text = self.write(line, slots, at, language, asker)
            if text:
                opening = self.put(asker, at, text, language, "opening")
                self._answer(opening, family, slots, family.openings.index(line) + 1, quick=quick)
                return opening
        return None

    def _talked_about(self, family: Family, at: datetime, language: str, asker: str) -> dict[str, str]:
        """The colleague an opening speaks of stays the same through the conversation."""
        if not any("{who}" in line for line in family.openings):
            return {}
        voice = self.choir.pick(at, language, without={asker}, level=0.7)
        return {"who": voice.person.display_name, "subject": voice.person.key} if voice else {}

    def _opener(self, at: datetime, language: str, *, carried: bool) -> str | None:
        if carried and self.carrier is not None and self.choir.member(self.carrier, at):
            return self.carrier
        voice = self.choir.pick(at, language, without=set(), level=0.6)
        return voice.person.key if voice else None

    def _answer(self, opening: Draft, family: Family, slots: dict[str, str], number: int, *, quick: bool) -> None:
        rng = self.rng
        answered = quick or rng.random() < self.script.answered + (0.06 if family.kind == "case" else 0.0)
        if not answered and rng.random() < 0.8:
            return
        size = 1 + int(rng.expovariate(1 / (self.script.length * LENGTH[family.kind])))
        delay = first_delay(rng, self.script.quick) if answered else timedelta(hours=rng.uniform(27, 96))
        at = opening.at + (quick_delay(rng) / 2 if quick else delay)
        Conversation(self, opening, family, slots, number).run(at, min(size, LONGEST))


class Conversation:
    """The replies to one opening, in an order that people keep: ask back, answer, object, thank, report."""

    def __init__(self, room: Room, opening: Draft, family: Family, slots: dict[str, str], number: int) -> None:
        self._room, self._opening, self._family, self._slots, self._number = room, opening, family, slots, number
        self._rng = room.rng
        self._language = opening.language
        self._told: list[Draft] = []
        self._given: set[int] = set()
        self._authors = {opening.author, slots.get("subject", opening.author)}

    def run(self, at: datetime, size: int) -> None:
        """Up to ``size`` replies, the first at ``at``."""
        at = wake(self._rng, at, self._room.script.rhythm)
        at = self._ask_back(at, size)
        answers = self._room.bag.order([line for line in self._family.answers if fits(line, self._number)])
        while answers and len(self._told) < size:
            said = self._one_answer(answers.pop(0), at)
            at = self._later(said.at if said else at)
        if not self._told and self._family.kind in ("case", "ask", "guide"):
            self._chime(self._opening, at, "await")
        if len(self._told) >= 2:
            at = self._object(at)
        self._close(at)
        self._follow_up()

    def _pairs(self, pairs: list[Pair]) -> list[Pair]:
        return [pair for pair in pairs if fits(pair[0], self._number)]

    def _earned(self, news: str) -> bool:
        """Whether the answer that the news speak of (``#2``) was given here."""
        return not news.startswith("#") or int(news[1:].split(" ", 1)[0]) in self._given

    def _later(self, at: datetime) -> datetime:
        gap = quick_delay(self._rng) * 0.8 if self._rng.random() < 0.82 else slow_delay(self._rng)
        return wake(self._rng, at + gap, self._room.script.rhythm)

    def _other(self, at: datetime) -> Voice | None:
        room = self._room
        carried = room.carrier and room.carrier != self._opening.author and room.carrier not in self._authors
        if carried and self._rng.random() < room.script.carrier:
            return next((voice for voice in room.choir.voices if voice.person.key == room.carrier), None)
        avoid = self._authors if self._rng.random() < 0.85 else {self._opening.author, self._slots.get("subject", "")}
        return room.choir.pick(at, self._language, without=avoid)

    def _tell(self, lines: Iterable[str], author: str, at: datetime, part: Part, to: Draft) -> Draft | None:
        dress = self._family.kind in ("case", "ask", "guide") or self._room.patients
        said = self._room.say(lines, self._slots, author, at, part, to, dress=dress)
        if said is not None:
            self._told.append(said)
            self._authors.add(author)
        return said

    def _ask_back(self, at: datetime, size: int) -> datetime:
        pairs = self._pairs(self._family.clarifications)
        if not pairs or size < 2 or self._rng.random() > 0.55:
            return at
        keys = self._room.bag.order([head for head, _ in pairs])
        reply_of = dict(pairs)
        for head in keys[: 2 if size > 6 and self._rng.random() < 0.5 else 1]:
            voice = self._other(at)
            asked = self._tell([head], voice.person.key, at, "clarification", self._opening) if voice else None
            if asked is None:
                continue
            self._tell([reply_of[head]], self._opening.author, self._later(at), "reply", asked)
            at = self._later(self._told[-1].at)
        return at

    def _one_answer(self, line: str, at: datetime) -> Draft | None:
        voice = self._other(at)
        if voice is None:
            return None
        said = self._tell([line], voice.person.key, at, "answer", self._opening)
        if said:
            self._given.add(self._family.answers.index(line) + 1)
        if said and self._family.kind in ("case", "ask", "guide") and self._rng.random() < 0.17:
            self._chime(said)
        return said

    def _chime(self, said: Draft, at: datetime | None = None, pool: str = "agree") -> None:
        at = at or self._later(said.at)
        voice = self._other(at)
        if voice is not None:
            self._tell(self._room.pool(pool, self._language), voice.person.key, at, "chime", said)

    def _object(self, at: datetime) -> datetime:
        answers = [draft for draft in self._told if draft.part == "answer"]
        objections = self._pairs(self._family.objections)
        if not objections or not answers or self._rng.random() > 0.5:
            return at
        head, tail = self._rng.choice(objections)
        target = self._rng.choice(answers)
        voice = self._other(at)
        if voice is None or voice.person.key == target.author:
            return at
        said = self._tell([head], voice.person.key, at, "objection", target)
        if said and tail:
            said = self._tell([tail], target.author, self._later(at), "rejoinder", said) or said
        return self._later(said.at) if said else at

    def _close(self, at: datetime) -> None:
        answers = [draft for draft in self._told if draft.part in ("answer", "rejoinder")]
        if self._family.kind in ("chat", "note") or not answers or self._rng.random() > 0.45:
            return
        to = self._rng.choice(answers)
        self._tell(self._room.pool("thanks", self._language), self._opening.author, at, "thanks", to)

    def _follow_up(self) -> None:
        news = [pair for pair in self._pairs(self._family.followups) if self._earned(pair[0])]
        if not news or len(self._told) < 2 or self._rng.random() > 0.45:
            return
        head, tail = self._rng.choice(news)
        head = head.split(" ", 1)[1] if head.startswith("#") else head
        hours = self._rng.uniform(2, 9) if self._family.kind == "chat" else self._rng.uniform(20, 150)
        at = wake(self._rng, self._told[-1].at + timedelta(hours=hours), self._room.script.rhythm)
        said = self._tell([head], self._opening.author, at, "followup", self._opening)
        if said and tail and self._rng.random() < 0.8:
            voice = self._rng.choice(
                [draft.author for draft in self._told if draft.author != self._opening.author] or [""]
            )
            self._tell([tail], voice, self._later(at), "reply", said)
