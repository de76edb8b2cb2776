"""What a host does on schedule and what newcomers do: rituals, introductions, welcomes, questions passed on."""

import random
from datetime import datetime, timedelta

from hearth.project.demo.clock import local, quick_delay, slow_delay, wake
from hearth.project.demo.drafts import Draft
from hearth.project.demo.grammar import choose_slots, load_families
from hearth.project.demo.life import Conversation, Room
from hearth.project.demo.roster import Roster
from hearth.project.demo.scripts import DEPARTMENTS, INTERESTS, TALK_NAME
from hearth.project.demo.shapes import DemoMembership, DemoPerson

INTRODUCED = {"professional": 0.62, "patient": 0.7}
WELCOMED = {"professional": 0.72, "patient": 0.6}
NURSE_HOURS = (8, 19)
PASSED_ON = {
    "en": "*Passed on from the mailbox, for whoever knows:* ",
    "zh": "*代问一则（邮箱来信）：*",
}


def hold_rituals(room: Room, host: str, start: datetime) -> None:
    """The weekly post of the host: scheduled, labelled so, answered by some."""
    script, rng = room.script, room.rng
    name = TALK_NAME.get(script.key, script.key)
    family = load_families("rituals", "en")[name]
    replies = load_families("rituals", "en")[f"{name}-replies"].answers
    day = local(start).replace(hour=script.ritual_hour, minute=0, second=0, microsecond=0)
    week = 0
    for number in range(92):
        at = (day + timedelta(days=number)).astimezone(start.tzinfo)
        if local(at).weekday() != script.ritual_weekday or number < script.opens_on or not start < at < room.now:
            continue
        week += 1
        line = family.answers[0] if script.story == "dying" else room.bag.order(family.answers)[0]
        language = "zh" if "本周" in line or script.talk_zh == 1 else "en"
        text = room.write(line, room.slots(None, at) | {"week": str(week)}, at, language, host)
        post = room.put(host, at, text, language, "ritual", origin="scheduled")
        share = 0.25 if script.story == "dying" else 0.9
        _answer_ritual(room, post, replies, int(rng.expovariate(1 / 2.2) * share + rng.random()))


def _answer_ritual(room: Room, post: Draft, replies: list[str], count: int) -> None:
    rng, at = room.rng, post.at
    said: set[str] = set()
    for line in room.bag.order(replies)[:count]:
        language = "zh" if any("一" <= letter <= "鿿" for letter in line) else "en"
        at = wake(rng, at + (quick_delay(rng) * 3 if rng.random() < 0.7 else slow_delay(rng)), room.script.rhythm)
        voice = room.choir.pick(at, language, without=said)
        if voice is None or at >= room.now:
            continue
        said.add(voice.person.key)
        text = room.write(line, room.slots(None, at), at, language, voice.person.key)
        if text:
            room.put(voice.person.key, at, text, language, "answer", post)


def welcome_newcomers(room: Room, roster: Roster, memberships: list[DemoMembership], start: datetime) -> None:
    """Those who join later say who they are; most are greeted, some wait in vain."""
    rng, told = room.rng, roster.tags["badge_waiting"]
    space = "patient" if room.patients else "professional"
    for row in memberships:
        person = roster.person(row.person)
        ordinary = person.kind in ("doctor", "patient") and not person.persona and person.key != told
        if not ordinary or row.joined_at < start + timedelta(hours=22) or rng.random() > INTRODUCED[space]:
            continue
        at = wake(rng, row.joined_at + quick_delay(rng) * 2, room.script.rhythm)
        if at < room.now:
            introduce(room, person, at, greeted=rng.random() < WELCOMED[space])


def introduce(room: Room, person: DemoPerson, at: datetime, *, greeted: bool) -> Draft | None:
    """A newcomer's first words in the form name-hospital-department (patients: the chosen name)."""
    script = room.script
    language = person.languages[0] if script.talk_zh > 0 else "en"
    chinese = language == "zh"
    slots = room.slots(None, at) | {
        "name": person.real_name if chinese else person.display_name,
        "first": person.display_name,
    }
    if person.hospital and person.department:
        wanted = "zh_hans" if chinese else "en"
        slots |= {"hospital": getattr(person.hospital, wanted), "dept": getattr(person.department, wanted)}
        slots |= {"hosp": person.hospital.en, "院": person.hospital.zh_hans}
        slots["interest"] = room.rng.choice(INTERESTS[_department(person, script.key)])[1 if chinese else 0]
    if room.patients:
        slots["name"] = person.display_name
    text = room.write(room.pool("intro", language)[0], slots, at, language, person.key)
    if not text:
        return None
    intro = room.put(person.key, at, text, language, "intro")
    if greeted:
        _greet(room, intro, slots)
    return intro


def _department(person: DemoPerson, otherwise: str) -> str:
    return next((key for key in INTERESTS if DEPARTMENTS[key] == person.department), otherwise)


def _greet(room: Room, intro: Draft, slots: dict[str, str]) -> None:
    rng = room.rng
    at, spoken = intro.at, {intro.author}
    for _ in range(1 + (rng.random() < 0.35)):
        delay = quick_delay(rng) if rng.random() < room.script.quick else slow_delay(rng)
        at = wake(rng, at + delay, room.script.rhythm)
        voice = room.choir.pick(at, intro.language, without=spoken)
        if voice is not None:
            spoken.add(voice.person.key)
            room.say(room.pool("welcome", intro.language), slots, voice.person.key, at, "welcome", intro)


def pass_on_questions(room: Room, host: str, count: int, start: datetime) -> None:
    """Questions that came by mail, asked by the host in the open: operator's posts, labelled as seeded."""
    rng: random.Random = room.rng
    for _ in range(count):
        span = (room.now - start) * rng.uniform(max(0.05, room.script.opens_on / 90 + 0.03), 0.96)
        at = local(start + span).replace(hour=rng.randint(9, 17), minute=rng.randint(0, 59)).astimezone(start.tzinfo)
        language = room.language()
        family = room.choose_family(language, ("ask",))
        slots = room.slots(family, at) | choose_slots(family, rng)
        line = room.bag.order(family.openings)[0]
        question = room.write(line, slots, at, language, host)
        if not question or at >= room.now:
            continue
        post = room.put(host, at, PASSED_ON[language] + question, language, "opening", origin="operator")
        if rng.random() < (0.35 if room.script.story == "dying" else 0.8):
            family = type(family)(
                family.name,
                "chat",
                family.language,
                family.slots,
                family.openings,
                family.answers,
                [],
                family.objections,
                [],
            )
            number = family.openings.index(line) + 1
            Conversation(room, post, family, slots, number).run(
                at + quick_delay(rng) * 2, 1 + int(rng.expovariate(0.5))
            )


def answer_as_nurse(room: Room, nurse: str) -> None:
    """The nurse educator answers some questions of patients; staff's posts are never organic."""
    rng = room.rng
    for opening in [
        draft for draft in room.drafts if draft.part == "opening" and draft.is_question and draft.origin == "organic"
    ]:
        at = wake(rng, opening.at + (quick_delay(rng) * 12 if rng.random() < 0.6 else slow_delay(rng)), "patients")
        if rng.random() > 0.11 or at >= room.now or not NURSE_HOURS[0] <= local(at).hour < NURSE_HOURS[1]:
            continue
        text = room.write(room.pool("nurse", opening.language)[0], room.slots(None, at), at, opening.language, nurse)
        if text:
            room.put(nurse, at, text, opening.language, "answer", opening, origin="operator")
