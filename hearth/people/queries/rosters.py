"""What is known of people before a table brings more, and how a table stands."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from hearth.kit.text import one_line
from hearth.people.models import Consent, Contact, Member, Roster, RosterLine
from hearth.people.queries.lists import marked_sensitive
from hearth.people.registry import SENSITIVE_TAGS
from hearth.people.rules.matching import nothing_differs, same_name
from hearth.people.rules.roster import Entry
from hearth.people.types import LineOutcome, MemberKind

OPEN = ("waiting", "running")
Judged = tuple[LineOutcome, int | None, str]
Key = tuple[str, str, str]
Told = tuple[str, str, str, str]  # hospital, department, whether there is an address, a number
HAS = "here"  # equal to no address and no number: one that a line shares was asked for before


class Seen(NamedTuple):
    """A line of the table that was read; ``reachable``: it has an address or a number."""

    number: int
    name: str
    reachable: bool
    values: dict[str, str]


def sensitive_tags() -> set[str]:
    """Tags that are about health whoever has them; in lower case."""
    return {tag.lower() for tag in marked_sensitive().values_list("tag", flat=True).distinct()}


def consenting(member_ids: Collection[int] | None = None) -> set[int]:
    """Members (of these, None: all) whose consent to notes about their health is in force."""
    rows = Consent.objects.filter(purpose=SENSITIVE_TAGS.key, withdrawn_at=None)
    if member_ids is not None:
        rows = rows.filter(member__in=member_ids)
    return set(rows.values_list("member_id", flat=True))


def patients_among(member_ids: Collection[int] | None = None) -> set[int]:
    """Members (of these, None: all) who are patients or relatives: any tag of theirs says something about health."""
    rows = Member.objects.filter(kind=MemberKind.PATIENT)
    if member_ids is not None:
        rows = rows.filter(pk__in=member_ids)
    return set(rows.values_list("pk", flat=True))


def person_key(name: str, hospital: str, department: str) -> Key:
    """By what two people look alike: name, hospital, department, without case and blanks."""
    return tuple("".join(part.casefold().split()) for part in (name, hospital, department))  # type: ignore[return-value]


def addresses_here(emails: Collection[str]) -> set[str]:
    """Those of these e-mail addresses by which a member is known, in small letters: three queries."""
    here = Member.objects.filter(merged_into=None)
    signing_in = here.annotate(mail=Lower("person__user__email")).filter(mail__in=emails).values_list("mail", flat=True)
    kept = Contact.objects.filter(member__merged_into=None, email__in=emails).values_list("email", flat=True)
    confirmed = EmailAddress.objects.annotate(mail=Lower("email")).filter(
        mail__in=emails, verified=True, user__in=here.exclude(person__user=None).values("person__user")
    )
    return {*signing_in, *kept, *confirmed.values_list("mail", flat=True)}


class Known:
    """Everybody of the community by address, number and name, for one pass over a table: six queries in all.

    An address means a person. A number alone means a household: it takes the same name to mean a person.
    """

    def __init__(self, *, take_alike: bool) -> None:
        self.take_alike = take_alike
        self.by_email: dict[str, int] = {}
        self.by_phone: dict[str, list[int]] = defaultdict(list)
        self.names: dict[int, tuple[str, str]] = {}
        self.alike: dict[Key, int] = {}
        self.called: dict[str, dict[Told, int]] = defaultdict(dict)
        self.seen_email: dict[str, Seen] = {}
        self.seen_phone: dict[str, list[Seen]] = defaultdict(list)
        self.seen_key: dict[Key, Seen] = {}
        self.meant: dict[int, int] = {}
        self.sensitive, self.consenting, self.patients = sensitive_tags(), consenting(), patients_among()
        self._remember()
        self.reachable = {*self.by_email.values(), *(pk for holders in self.by_phone.values() for pk in holders)}

    def _remember(self) -> None:
        contacts: dict[int, tuple[str, str]] = {}
        rows = Contact.objects.filter(member__merged_into=None).values_list("member", "email", "phone")
        for pk, email, phone in rows:
            contacts[pk] = (email, phone)
            if email:
                self.by_email.setdefault(email, pk)
            if phone:
                self.by_phone[phone].append(pk)
        holder: dict[int, int] = {}
        here = Member.objects.filter(merged_into=None).values_list(
            "pk", "display_name", "real_name", "hospital", "department", "person__user", "person__user__email"
        )
        for pk, shown, real, hospital, department, user, address in here.iterator(chunk_size=2000):
            self.names[pk] = (shown, real)
            key = person_key(real or shown, hospital, department)
            self.alike.setdefault(key, pk)
            email, phone = contacts.get(pk, ("", ""))
            about = (key[1], key[2], HAS if address or email else "", HAS if phone else "")
            for name in {key[0], person_key(shown, "", "")[0]}:
                self.called[name].setdefault(about, pk)
            if user is not None:
                holder[user] = pk
            if address:
                self.by_email[address.lower()] = pk
        for user, email in EmailAddress.objects.filter(verified=True).values_list("user", "email").iterator():
            if user in holder:
                self.by_email.setdefault(email.lower(), holder[user])

    def judge(self, entry: Entry, number: int) -> Judged:
        """What a sound line brings: its outcome, the member it means, and a remark."""
        told = entry.values
        name = told.get("real_name") or told["display_name"]
        line = Seen(number, name, bool(told["email"] or told.get("phone")), told | {"tags": ""})
        key = person_key(name, told.get("hospital", ""), told.get("department", ""))
        before = self._before(line, key)
        if before is not None:
            return before
        member, remark = self._member(line)
        if member is not None:
            if member in self.meant:
                return LineOutcome.TWICE, None, f"line:{self.meant[member]}"
            self.meant[member] = number
            self._see(line, key)
            return LineOutcome.KNOWN, member, with_remark(remark, self._sensitive(entry, member))
        if not self.take_alike and (twin := self._twin(line, key)) is not None:
            return twin
        if told["kind"] == MemberKind.STAFF:
            return LineOutcome.WRONG, None, "bad_kind"
        self._see(line, key)
        return LineOutcome.NEW, None, with_remark(remark, self._sensitive(entry, None))

    def _before(self, line: "Seen", key: Key) -> Judged | None:
        """Whether an earlier line of the table is this one again."""
        same_mail = self.seen_email.get(line.values["email"]) if line.values["email"] else None
        if same_mail is not None and not same_name(same_mail.name, line.name):
            return LineOutcome.WRONG, None, f"mail_of:{same_mail.number}"
        same_phone = next((one for one in self._sharing(line) if same_name(one.name, line.name)), None)
        same_line = self.seen_key.get(key)
        if same_line is not None and same_line.values != line.values:
            same_line = None
        found = same_mail or same_phone or same_line
        return (LineOutcome.TWICE, None, f"line:{found.number}") if found else None

    def _sharing(self, line: "Seen") -> list["Seen"]:
        return self.seen_phone.get(line.values.get("phone", ""), [])

    def _see(self, line: "Seen", key: Key) -> None:
        if line.values["email"]:
            self.seen_email[line.values["email"]] = line
        if line.values.get("phone"):
            self.seen_phone[line.values["phone"]].append(line)
        self.seen_key.setdefault(key, line)

    def _member(self, line: "Seen") -> tuple[int | None, str]:
        """The member whom a line means, and a remark: on the name, or on others who share the number."""
        found = self.by_email.get(line.values["email"])
        if found is not None:
            return found, "" if self._has_name(found, line.name) else "other_name"
        sharing = self.by_phone.get(line.values.get("phone", ""), [])
        found = next((pk for pk in sharing if self._has_name(pk, line.name)), None)
        if found is not None:
            return found, ""
        if sharing:
            return None, "household"
        return None, f"household:{shared[0].number}" if (shared := self._sharing(line)) else ""

    def _has_name(self, member: int, name: str) -> bool:
        return any(same_name(name, one) for one in self.names[member])

    def _twin(self, line: "Seen", key: Key) -> Judged | None:
        """Somebody of the same name and work, or of whom nothing that is told differs, here or in an earlier line."""
        what = "work" if key[1] or key[2] else "name"
        twin = self.alike.get(key)
        if twin is not None:
            why = "untold" if not line.reachable else "other" if twin in self.reachable else "unreachable"
            return LineOutcome.ALIKE, twin, f"alike:{what}:{why}"
        told = (key[1], key[2], line.values["email"], line.values.get("phone", ""))
        twin = next((pk for known, pk in self.called.get(key[0], {}).items() if nothing_differs(told, known)), None)
        if twin is not None:
            return LineOutcome.ALIKE, twin, f"alike:name:{'unreachable' if line.reachable else 'untold'}"
        before = self.seen_key.get(key)
        if before is not None and not (before.reachable and line.reachable):
            return LineOutcome.ALIKE, None, f"alike_line:{before.number}"
        return None

    def _sensitive(self, entry: Entry, member: int | None) -> str:
        """Tags about health are left out for whoever has not agreed: all those of a patient, and known ones."""
        if member in self.consenting:
            return ""
        is_patient = member in self.patients or entry.values["kind"] == MemberKind.PATIENT
        told = [tag for tag in entry.tags if is_patient or tag.lower() in self.sensitive]
        return leave_out(entry.values, entry.tags, told, is_patient=is_patient)


def with_remark(problem: str, more: str) -> str:
    """The remarks of a line with one more; each is a code on a line of its own."""
    return "\n".join(dict.fromkeys(part for part in (*problem.split("\n"), more) if part))


def leave_out(values: dict[str, str], tags: list[str], left: Collection[str], *, is_patient: bool) -> str:
    """Take ``left`` out of a line's tags and keep which they were, as long as its words are kept; the remark's code."""
    if not left:
        return ""
    tags[:] = [tag for tag in tags if tag not in left]
    values["left_out"] = ", ".join(dict.fromkeys(part for part in (values.get("left_out", ""), *left) if part))
    return "no_consent_patient" if is_patient else "no_consent"


def remembered_places(columns: list[str], but: int) -> dict[str, int]:
    """What somebody said of a table with the same headings before, {} for a new kind of table."""
    rows = Roster.objects.filter(columns=columns, places__isnull=False).exclude(pk=but).exclude(loading=None)
    found = rows.order_by("-pk").first()
    return dict(found.places) if found and found.places else {}


def counts_of(roster: Roster) -> Counter[str]:
    """How many lines have which outcome."""
    rows = RosterLine.objects.filter(roster=roster).values_list("outcome").annotate(n=Count("pk")).order_by()
    return Counter(dict(rows))


def known_members(roster: Roster) -> dict[int, int]:
    """The members whom a table means → the line that does."""
    known = RosterLine.objects.filter(roster=roster, outcome=LineOutcome.KNOWN, member__isnull=False)
    return dict(known.values_list("member_id", "number"))


def new_kinds(roster: Roster) -> dict[int, str]:
    """The lines of a table that bring somebody new → of what kind they would be."""
    new = RosterLine.objects.filter(roster=roster, outcome=LineOutcome.NEW)
    return dict(new.values_list("number", "values__kind"))


def known_with_tags(roster: Roster) -> bool:
    """Whether a table has a tag for anybody who is here."""
    return RosterLine.objects.filter(roster=roster, outcome=LineOutcome.KNOWN).exclude(tags=[]).exists()


def without_consent(roster: Roster) -> int:
    """How many lines had tags left out for lack of a consent."""
    return RosterLine.objects.filter(roster=roster, problem__contains="no_consent").count()


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


def names_of_rosters(roster_ids: Collection[int]) -> dict[int, str]:
    """Table id → the name of its file, for staff: one query, none for no tables."""
    return dict(Roster.objects.filter(pk__in=roster_ids).values_list("pk", "name"))


def cells_of(line: RosterLine) -> dict[str, Any]:
    """What a line says, for people: the name first."""
    told = {key: one_line(str(value)) for key, value in line.values.items() if value}
    return {"name": told.get("real_name") or told.get("display_name", ""), **told}
