"""What is known of people before a table brings more, and how a table stands."""

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet

from hearth.kit.text import one_line
from hearth.people.models import Consent, Contact, Member, MemberTag, Roster, RosterLine
from hearth.people.registry import SENSITIVE_TAGS
from hearth.people.rules.roster import Entry
from hearth.people.types import LineOutcome

OPEN = ("waiting", "running")
Judged = tuple[LineOutcome, int | None, str]


def sensitive_tags() -> set[str]:
    """Tags that somebody put on a member as one about health; in lower case."""
    return {tag.lower() for tag in MemberTag.objects.filter(sensitive=True).values_list("tag", flat=True).distinct()}


def consenting() -> set[int]:
    """Members whose consent to notes about their health is in force."""
    rows = Consent.objects.filter(purpose=SENSITIVE_TAGS.key, withdrawn_at=None)
    return set(rows.values_list("member_id", flat=True))


def person_key(name: str, hospital: str, department: str) -> tuple[str, str, str]:
    """By what two people look alike: name, hospital, department, without case and blanks."""
    return tuple("".join(part.casefold().split()) for part in (name, hospital, department))  # type: ignore[return-value]


class Known:
    """Everybody of the community by address, number and name, for one pass over a table: three queries in all."""

    def __init__(self, *, take_alike: bool) -> None:
        self.take_alike = take_alike
        self.by_email: dict[str, int] = {}
        self.by_phone: dict[str, int] = {}
        self.alike: dict[tuple[str, str, str], int] = {}
        self.seen: dict[str, int] = {}
        self.sensitive, self.consenting = sensitive_tags(), consenting()
        here = Member.objects.filter(merged_into=None)
        rows = here.values_list("pk", "display_name", "real_name", "hospital", "department", "person__user__email")
        for pk, shown, real, hospital, department, email in rows.iterator(chunk_size=2000):
            if email:
                self.by_email[email.lower()] = pk
            self.alike.setdefault(person_key(real or shown, hospital, department), pk)
        for pk, email, phone in Contact.objects.filter(member__merged_into=None).values_list(
            "member", "email", "phone"
        ):
            if email:
                self.by_email.setdefault(email, pk)
            if phone:
                self.by_phone.setdefault(phone, pk)

    def judge(self, entry: Entry, number: int) -> Judged:
        """What a sound line brings: its outcome, the member it means, and a remark."""
        told = entry.values
        key = person_key(told.get("real_name") or told["display_name"], told.get("hospital", ""),
                         told.get("department", ""))  # fmt: skip
        marks = [mark for mark in (told["email"], told.get("phone", "")) if mark] or ["|".join(key)]
        before = next((self.seen[mark] for mark in marks if mark in self.seen), None)
        if before is not None:
            return LineOutcome.TWICE, None, f"line:{before}"
        self.seen.update(dict.fromkeys(marks, number))
        member = self.by_email.get(told["email"]) or self.by_phone.get(told.get("phone", ""))
        remark = self._sensitive(entry, member)
        if member is not None:
            return LineOutcome.KNOWN, member, remark
        twin = self.alike.get(key)
        if twin is not None and not self.take_alike:
            return LineOutcome.ALIKE, twin, "alike"
        return LineOutcome.NEW, None, remark

    def _sensitive(self, entry: Entry, member: int | None) -> str:
        """Tags about health are left out for whoever has not agreed."""
        if member in self.consenting or not (told := [tag for tag in entry.tags if tag.lower() in self.sensitive]):
            return ""
        entry.tags[:] = [tag for tag in entry.tags if tag not in told]
        return "no_consent"


def remembered_places(columns: list[str], but: int) -> dict[str, int]:
    """What somebody said of a table with the same headings before, {} for a new kind of table."""
    rows = Roster.objects.filter(columns=columns, places__isnull=False).exclude(pk=but).exclude(loading=None)
    found = rows.order_by("-pk").first()
    return dict(found.places) if found and found.places else {}


def counts_of(roster: Roster) -> Counter[str]:
    """How many lines have which outcome."""
    return Counter(RosterLine.objects.filter(roster=roster).values_list("outcome", flat=True))


def lines_of(roster: Roster, outcome: str = "", *, remarks: bool = False) -> QuerySet[RosterLine]:
    """The lines of a table, those of one outcome, or those with a remark."""
    rows = RosterLine.objects.filter(roster=roster).order_by("number").select_related("member")
    if remarks:
        rows = rows.filter(~Q(problem="") | Q(outcome=LineOutcome.WRONG))
    return rows.filter(outcome=outcome) if outcome else rows


def results_of(roster: Roster) -> dict[str, int]:
    """What was done: made, admitted, tagged, failed, kept."""
    found: Counter[str] = Counter()
    for did, undone in RosterLine.objects.filter(roster=roster).values_list("did", "undone_at"):
        found["made"] += bool(did.get("made"))
        found["admitted"] += bool(did.get("admitted"))
        found["tagged"] += bool(did.get("tags"))
        found["outside"] += bool(did.get("outside"))
        found["kept"] += bool(did.get("kept"))
        found["undone"] += undone is not None
    return dict(found)


def rosters() -> QuerySet[Roster]:
    """The community's tables, the newest first."""
    return Roster.objects.select_related("trial", "loading", "undoing").order_by("-pk")


def cells_of(line: RosterLine) -> dict[str, Any]:
    """What a line says, for people: the name first."""
    told = {key: one_line(str(value)) for key, value in line.values.items() if value}
    return {"name": told.get("real_name") or told.get("display_name", ""), **told}
