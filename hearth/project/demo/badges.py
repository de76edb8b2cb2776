"""Badges and roles of the demonstration's people."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from hearth.project.demo.scripts import SCRIPTS, Script
from hearth.project.demo.shapes import DemoPerson, DemoRole, DemoVerification

KEEPERS = {
    "cardiology": "bo",
    "neurology": "neuro_keeper",
    "paediatrics": "paed_keeper",
    "oncology": "carrier",
    "endocrinology": "endo_keeper",
    "emergency": "er_keeper",
    "diabetes": "bo",
}
# State of a badge, its note, and the share of chance below which it is given (the rest have sent nothing).
STATES = (
    (0.86, "verified", ""),
    (0.91, "expired", "The licence's own term ended; renewal not sent yet."),
    (0.92, "refused", "Number not found in the register; asked for a copy."),
)
WAITING_NOTE = "Licence details sent, institutional e-mail confirmed."


def make_badges(
    rng: random.Random, people: list[DemoPerson], home: dict[str, str], tags: dict[str, str], now: datetime
) -> list[DemoVerification]:
    """Most doctors are verified, some expired, some never asked, and exactly one waits for review."""
    waiting = tags["badge_waiting"]
    known = set(tags.values())
    found = []
    for person in people:
        if person.kind != "doctor":
            continue
        chance = 0.0 if person.key in known else rng.random()
        states = [(state, note) for below, state, note in STATES if chance < below]
        if person.key == waiting:
            states = [("waiting", WAITING_NOTE)]
        badge = _badge(rng, person, *states[0], home[person.key], tags["felix"], now) if states else None
        if badge is not None:
            found.append(badge)
    return sorted(found, key=lambda row: (row.sent_at, row.person))


def _badge(
    rng: random.Random, person: DemoPerson, state: str, note: str, specialty: str, desk: str, now: datetime
) -> DemoVerification | None:
    licence = f"DEMO-{rng.randint(100000, 999999)}"
    if state == "waiting":
        sent = now - timedelta(hours=5, minutes=12)
        return DemoVerification(person.key, state, specialty, licence, sent, None, None, None, note)
    sent = person.joined_at + timedelta(hours=rng.uniform(1, 50))
    decided = sent + timedelta(hours=rng.uniform(3, 70))
    expires: datetime | None = person.joined_at + timedelta(days=365 + rng.randint(0, 200))
    if state == "expired":
        expires = now - timedelta(days=rng.randint(1, 18), hours=4)
        sent = min(sent, expires - timedelta(days=6))
        decided = sent + timedelta(days=1)
    elif state == "refused":
        expires = None
    if decided >= now:
        return None
    return DemoVerification(person.key, state, specialty, licence, sent, decided, desk, expires, note)


def make_roles(
    tags: dict[str, str], gone: dict[str, datetime], start: datetime, opening: Callable[[Script], datetime]
) -> list[DemoRole]:
    """Owner of record, keeper and assistant of every group; ``gone`` says when a keeper left."""
    roles = []
    for script in SCRIPTS:
        since = opening(script) + timedelta(hours=3)
        keeper = tags[KEEPERS[script.key]]
        later = max(since, start + timedelta(days=2, hours=1)) if script.key == "diabetes" else since
        until = gone.get(keeper)
        note = "left the network; no successor named" if until else ""
        helper = "joyce" if script.key == "diabetes" else "mei" if script.talk_zh >= 0.4 else "oscar"
        roles.append(DemoRole(tags["ada"], script.key, "owner", since, None, "owner of record"))
        roles.append(DemoRole(keeper, script.key, "keeper", later, until, note))
        roles.append(DemoRole(tags[helper], script.key, "assistant", since, None, ""))
    return sorted(roles, key=lambda row: (row.since, row.group, row.person))
