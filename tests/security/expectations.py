"""Who comes in where: the second table, beside ``hearth.project.doors``, for routes that name a thing.

Routes without a thing of their own follow from their door. A set names those for whom the method *succeeds* with a good
form; everybody else is refused, and a refused write changes nothing. None: the route does not know the method.
"""

from dataclasses import dataclass, field

from hearth.core.routing import Door, Row
from tests.security.routes import Route

Who = frozenset[str]


def who(*names: str) -> Who:
    """A set of principals."""
    return frozenset(names)


NOBODY = who()
SIGNED_OUT = who("anonymous", "bearer", "bot", "program")  # a token is no key to a page
PROGRAM = who("program")  # an operator's, with a token for the metrics
STRANGERS = who("applicant", "outsider", "outside_admin")
PLAIN = who("newcomer", "owner", "keeper", "member", "verified", "muted", "banned", "expelled", "rival")
STAFF = who("moderator", "reviewer", "auditor", "operator", "admin")
PLATFORM = who("platform")
PLACED = PLAIN | STAFF  # everybody with a member row here
COMMUNITY = PLACED | PLATFORM
SIGNED_IN = COMMUNITY | STRANGERS
EVERYBODY = SIGNED_IN | SIGNED_OUT
RUNNING = who("operator", "admin") | PLATFORM
ORDER = RUNNING | who("moderator")
LEADING = who("owner", "keeper")
INSIDE = LEADING | who("member", "verified", "muted")
KEPT_OUT = who("banned", "expelled")
READERS = INSIDE | ORDER
KEEPING = LEADING | ORDER
ENTRY = {"accept_norms": "on", "norms_version": "1"}
ADMINS = PLATFORM | who("admin")
INMATE = {"member_id": "inmate"}
CARD = {"name": "Hearts", "visibility": "listed", "space": "professional"}
VERIFIERS = RUNNING | who("reviewer")
VALUE = {"force": "social", "name": "Coffee", "service": "A round with coffee.", "every_days": "7"}
VOICES = LEADING | who("member", "verified")


@dataclass(frozen=True)
class Opens:
    """Who succeeds with which method, and the form with which they do."""

    get: Who | None = None
    post: Who | None = None
    form: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)  # argument -> the thing of the house to put there
    effect: str = ""  # the table that a success changes, where the answer alone does not tell it from a refusal


def by_door(row: Row) -> Who:
    """Who passes a door."""
    people = {
        Door.PUBLIC: EVERYBODY,
        Door.SIGNED_IN: SIGNED_IN,
        Door.MEMBER: COMMUNITY,
        Door.STAFF: STAFF | PLATFORM,
        Door.RUNNING: RUNNING,
        Door.AUDIT: RUNNING | who("auditor"),
    }[row.door]
    return people | PROGRAM if row.scope else people


def expected(route: Route) -> Opens:
    """What the tables say of a route. Raises LookupError for one that they do not know."""
    declared = TABLE.get(route.name)
    if declared is not None:
        return declared
    if route.row is None or route.objects:
        raise LookupError(f"{route.name} names a thing: say in tests/security/expectations.py to whom it opens")
    opens = by_door(route.row)
    return Opens(get=opens)


def deeds(route: Route) -> tuple[Opens, ...]:
    """All that can be done at a route: what ``expected`` says, and further forms that it takes."""
    return (expected(route), *MORE.get(route.name, ()))


def bulk(key: str, pick: str, opens: Who, effect: str, **form: str) -> Opens:
    """A bulk action on one row, confirmed."""
    told = {"bulk": key, "step": "apply", "pick": f"%({pick})s", "expected": "1", "why": "Merged."}
    return Opens(None, opens, {**told, **form}, effect=effect)


def view(opens: Who) -> Opens:
    """A list whose readers keep a view of it."""
    return Opens(opens, opens, {"view": "save", "name": "Mine"}, effect="core_savedview")


TABLE: dict[str, Opens] = {
    # For programs
    "api:readings": Opens(STAFF | PLATFORM | PROGRAM),
    # Talk: readers read; a voice, one's own words and the keepers' hand are more than reading.
    "conversation:room": Opens(READERS),
    "conversation:part": Opens(READERS),
    "conversation:messages": Opens(READERS, VOICES, {"text": "Well.", "client_id": "client-of-this-test"}),
    "conversation:mark": Opens(None, READERS, {"number": "1"}),
    "conversation:people": Opens(READERS - PLATFORM),
    "conversation:upload": Opens(None, NOBODY),  # without a file: 404; with one see test_files
    "conversation:message": Opens(READERS),
    "conversation:thread": Opens(READERS),
    "conversation:acts": Opens(READERS),
    "conversation:edit": Opens(who("member"), who("member"), {"text": "Other words."}),
    "conversation:versions": Opens(KEEPING | who("member")),
    "conversation:reactions": Opens(None, VOICES, {"emoji": "🎉"}),
    "conversation:pin": Opens(None, KEEPING),
    "conversation:block": Opens(None, READERS - PLATFORM - who("member")),  # whose message it is
    "conversation:bookmark": Opens(None, READERS - PLATFORM),
    "conversation:acceptance": Opens(None, KEEPING | who("member"), about={"message_id": "answer"}),
    "conversation:acceptance-withdrawal": Opens(None, KEEPING | who("member")),
    "conversation:removal": Opens(None, who("member")),
    "conversation:hiding": Opens(KEEPING, KEEPING, {"why": "Names a patient."}),
    "conversation:restoration": Opens(None, KEEPING, about={"message_id": "hidden"}),
    "conversation:file": Opens(READERS),
    "conversation:thumb": Opens(READERS),
    "conversation:ticket": Opens(COMMUNITY),
    # Groups
    # Strangers see the card that they were invited to; as guests they may not come into a professional group.
    "groups:entry": Opens(
        SIGNED_IN - KEPT_OUT, COMMUNITY - KEPT_OUT, {**ENTRY, "display_name": "Fay", "why": "They asked."}
    ),
    "groups:entry-badge": Opens(None, STRANGERS | PLATFORM, {"display_name": "Fay"}),
    "groups:code-badge": Opens(None, NOBODY, about={"code": "entry_code"}),  # everybody here is a professional
    "groups:code": Opens(
        SIGNED_IN - KEPT_OUT, COMMUNITY - KEPT_OUT - PLATFORM, {**ENTRY, "display_name": "Fay"}, {"code": "entry_code"}
    ),
    "groups:card": Opens(COMMUNITY),
    "groups:join": Opens(None, PLACED - KEPT_OUT, ENTRY),
    "groups:acceptance": Opens(None, INSIDE, ENTRY),
    "groups:leaving": Opens(COMMUNITY, INSIDE - who("owner"), ENTRY),
    "groups:members": Opens(READERS | who("reviewer")),
    "groups:role": Opens(None, LEADING | RUNNING, {"role": "assistant"}, INMATE),
    "groups:owner": Opens(None, RUNNING | who("owner"), about=INMATE),
    "groups:removal": Opens(LEADING | ORDER, LEADING | ORDER, {"why": "Adverts."}, INMATE),
    "groups:mute": Opens(LEADING | ORDER, LEADING | ORDER, {"why": "Adverts.", "hours": "24"}, INMATE),
    "groups:settings": Opens(LEADING | RUNNING, LEADING | RUNNING, CARD),
    "groups:norms": Opens(None, LEADING | RUNNING, {"en": "Be brief."}),
    "groups:closure": Opens(None, RUNNING | who("owner"), {"why": "Done."}),
    "groups:reopening": Opens(None, RUNNING | who("owner")),
    "groups:deed": Opens(None, KEEPING),
    "groups:deed-undoing": Opens(None, KEEPING),
    "groups:greeting": Opens(None, KEEPING, about=INMATE),
    "groups:greeting-undoing": Opens(None, KEEPING, about=INMATE),
    "groups:door": Opens(LEADING | RUNNING, LEADING | RUNNING, {"act": "drop", "start": "900"}),
    "groups:door-condition": Opens(
        LEADING | RUNNING, LEADING | RUNNING, {"start": "900", "question": "Why?", "decides": "any"}
    ),
    "groups:applications": Opens(
        LEADING | RUNNING, LEADING | RUNNING, {"pick": "%(application_id)s", "verdict": "decline", "why": "No."}
    ),
    "groups:decision-undo": Opens(None, LEADING | RUNNING),  # nobody here has decided: they are led back and told
    "groups:request-withdrawal": Opens(None, who("newcomer")),
    "groups:invitation": Opens(LEADING | RUNNING | INSIDE, LEADING | RUNNING, {"email": "fay@example.org"}),
    "groups:waiting": Opens(
        LEADING | RUNNING, LEADING | RUNNING, {"seats": "3", "opens_at": "2099-01-01T10:00", "then": "first_come"}
    ),
    "groups:choice-cancellation": Opens(None, NOBODY),  # none is to come
    "groups:line-leaving": Opens(None, RUNNING | who("owner", "newcomer")),  # the keeper tends another group
    "groups:tending": Opens(KEEPING),
    "groups:links": Opens(LEADING | RUNNING, LEADING | RUNNING, {"days": "7"}),
    "groups:link-revocation": Opens(None, LEADING | RUNNING),
    "groups:link-qr": Opens(LEADING | RUNNING),
    "groups:lifting": Opens(None, ORDER),  # set by staff, so keepers may not lift it
    # What one is told
    "notify:reading": Opens(None, PLACED),
    "notify:opening": Opens(None, who("member")),
    "notify:settings": Opens(PLACED, PLACED, {"level": "mentions", "digest": "daily", "digest_at": "8"}),
    "notify:level": Opens(None, PLACED, {"level": "all"}),
    "notify:unsubscribe": Opens(EVERYBODY, EVERYBODY),
    # Oneself
    # whoever is verified is asked once more before a badge ends
    "people:profile": Opens(PLACED, PLACED - who("verified"), {"display_name": "Fay"}),
    "people:verification": Opens(
        PLACED, PLACED - who("keeper"), {"kind": "nurse", "hospital": "St Lucas"}
    ),  # hers waits
    "people:verification-licence": Opens(None, who("member"), {"licence": "110"}),
    "people:verification-document": Opens(None, NOBODY),  # without a file
    "people:verification-mail": Opens(None, NOBODY, {"address": "a@b.example"}),  # no institution is known
    "people:verification-code": Opens(None, NOBODY, {"code": "123456"}),  # none was sent
    "people:verification-colleague": Opens(None, NOBODY, {"colleague": "Nobody"}),
    "people:verification-sending": Opens(None, who("member")),
    "people:verification-removal": Opens(None, who("member"), about={"evidence_id": "draft_evidence"}),
    "people:vouch": Opens(PLACED),
    "people:vouch-answer": Opens(None, who("verified"), {"answer": "no"}, {"evidence_id": "vouch"}),
    "people:vouch-withdrawal": Opens(None, who("verified"), about={"evidence_id": "vouched"}),
    "people:privacy": Opens(PLACED),
    "people:my-data": Opens(PLACED),
    "people:own-export": Opens(None, PLACED),
    "people:signing-in-again": Opens(None, COMMUNITY),
    "people:export-progress": Opens(COMMUNITY),
    "people:export-file": Opens(who("member")),
    "people:erasure": Opens(None, PLACED - who("owner", "rival", "admin"), {"words": "keep", "sure": "on"}),
    "people:erasure-calling-off": Opens(None, PLACED),  # nothing was asked: they stay
    "people:block": Opens(None, PLACED - who("newcomer")),
    "people:unblock": Opens(None, PLACED),
    "people:consent": Opens(None, PLACED),
    "people:withdrawal": Opens(None, PLACED),
    "people:tokens": Opens(PLACED, PLACED, {"name": "Script", "scopes": "read"}),
    "people:token-revocation": Opens(None, who("member")),
    "people:sessions-ending": Opens(None, COMMUNITY),
    "people:session-ending": Opens(None, who("member")),
    "people:speech": Opens(COMMUNITY, COMMUNITY, {"language": "en"}),
    "people:member": Opens(STAFF | PLATFORM | who("newcomer")),
    "persona:step": Opens(None, NOBODY),  # refused outside the demo
    # The console
    "console:groups": view(STAFF | PLATFORM),
    "console:members": view(STAFF | PLATFORM),
    "console:jobs": view(STAFF | PLATFORM),
    "console:audit": view(RUNNING | who("auditor")),
    "console:blueprint": Opens(RUNNING, RUNNING, {"text": "hearth: 1"}),
    "console:blueprint-revisions": Opens(
        None,
        RUNNING,
        {"text": "%(blueprint)s", "source": "wing.yaml", "seen": "%(seen)s"},
        effect="blueprint_revision",
    ),
    "console:blueprint-applied": Opens(RUNNING),
    "console:blueprint-way-back": Opens(RUNNING, RUNNING, {"seen": "%(seen_back)s"}, effect="blueprint_revision"),
    "console:start": Opens(RUNNING, NOBODY, {"start": "nothing", "language": "en"}),  # one was begun already
    "console:start-screen": Opens(
        RUNNING, RUNNING, {"name": "Ward", "type": "auxiliary", "seen": "1"}, effect="blueprint_draft"
    ),
    "console:start-plan": Opens(RUNNING, RUNNING, {"seen": "%(seen_start)s"}, effect="blueprint_revision"),
    "console:start-file": Opens(RUNNING),
    "console:start-request": Opens(RUNNING),
    "console:start-ending": Opens(None, RUNNING, effect="blueprint_draft"),
    "console:group-copies": Opens(RUNNING),
    "console:group-copies-update": Opens(RUNNING, RUNNING),  # without copies: led back and told that all stands
    "console:group-copying": Opens(RUNNING, RUNNING, {"table": "key\nannex\n", "first": "1"}),
    "console:group-copying-batch": Opens(
        None,
        RUNNING,
        {"table": "key\nannex\n", "first": "1", "seen": "%(seen_copies)s"},
        effect="blueprint_copybatch",
    ),
    "console:community-copies": Opens(RUNNING),
    "console:community-copies-update": Opens(RUNNING, RUNNING),  # without a copy: led back and told that all stands
    "console:community-copying": Opens(PLATFORM, PLATFORM, {"table": "key\nannex\n", "first": "1"}),
    "console:community-copying-batch": Opens(
        None,
        PLATFORM,
        {"table": "key\nannex\n", "first": "1", "seen": "%(seen_communities)s"},
        effect="blueprint_copybatch",
    ),
    "console:copy-batches": Opens(RUNNING),
    "console:copy-batch": Opens(RUNNING, about={"number": "batch_number"}),
    "console:copy-batch-going-on": Opens(None, RUNNING, about={"number": "batch_number"}, effect="blueprint_revision"),
    "console:copy-batch-rolling-back": Opens(
        RUNNING,
        RUNNING,
        {"seen": "%(seen_closing)s"},
        about={"number": "batch_number"},
        effect="blueprint_copybatch",
    ),
    "console:charter": Opens(RUNNING, RUNNING, {"purpose": "Learn."}),
    "console:settings": Opens(
        RUNNING, RUNNING, {"module": "carriers", "carriers.upload_limit_mb": "9", "carriers.upload_days": "9"}
    ),
    "console:staff": Opens(RUNNING, ADMINS, {"member": "%(member_id)s", "role": "auditor"}),
    "console:staff-ending": Opens(None, ADMINS, about={"member_id": "moderator_id"}),
    "console:group": Opens(STAFF | PLATFORM),
    "console:group-edit": Opens(RUNNING, RUNNING, CARD),
    "console:group-norms": Opens(RUNNING, RUNNING, {"en": "Be brief."}),
    "console:group-roles": Opens(RUNNING, RUNNING, {}),
    "console:group-opening": Opens(RUNNING, RUNNING - PLATFORM, CARD),  # whoever opens it owns it, so needs a place
    "console:group-split": Opens(RUNNING, RUNNING, {"parts": "2"}),
    "console:group-merge": Opens(RUNNING, RUNNING, {"sisters": "%(secret)s"}),
    "console:group-purity": Opens(RUNNING, RUNNING, {"attribute": "city", "values": "Basel"}),
    "console:sisters": Opens(RUNNING),
    "console:regrouping": Opens(RUNNING, RUNNING, {"act": "begin", "why": "Both are small."}),
    "console:group-closure": Opens(None, RUNNING, {"why": "Done."}),
    "console:group-reopening": Opens(None, RUNNING, {}, {"group_id": "closed"}),
    "console:groups-undo": Opens(None, NOBODY),  # a guessed key
    "console:members-undo": Opens(None, NOBODY),  # a guessed key
    "console:duplicates": Opens(RUNNING),
    "console:rosters": Opens(RUNNING, NOBODY),  # without a file
    "console:roster": Opens(RUNNING),
    "console:roster-aim": Opens(None, RUNNING, {"column_real_name": "0", "kind": "guest"}),
    "console:roster-loading": Opens(None, RUNNING),
    "console:roster-undoing": Opens(None, RUNNING),  # it was not brought in: led back and told
    "console:roster-report": Opens(RUNNING),
    "console:member": Opens(STAFF | PLATFORM),
    "console:member-tagging": Opens(None, RUNNING, {"tag": "speaker"}, effect="people_membertag"),
    "console:member-untagging": Opens(None, RUNNING, {"tag": "speaker"}),
    "console:member-merging": Opens(RUNNING, RUNNING, {"into": "%(inmate)s", "why": "The same person."}),
    "console:merge-undo": Opens(None, NOBODY),  # a guessed key
    "console:value-lines": Opens(RUNNING),
    "console:value-line-new": Opens(RUNNING, RUNNING, VALUE),
    "console:value-line": Opens(RUNNING, RUNNING, VALUE),
    "console:value-line-removal": Opens(None, RUNNING),
    "console:pause-lift": Opens(None, RUNNING, {"days": "3", "why": "A congress."}, effect="groups_pauselift"),
    "console:pause-lift-ending": Opens(None, RUNNING, about={"group_id": "lifted"}),
    "console:entry-codes": Opens(RUNNING, RUNNING, {"title": "Shop"}),
    "console:entry-code": Opens(RUNNING, RUNNING, {"attribute": "city", "values": "Basel", "group": "%(group_id)s"}),
    "console:entry-code-revocation": Opens(None, RUNNING),
    "console:entry-code-qr": Opens(RUNNING),
    "console:job": Opens(STAFF | PLATFORM),
    "console:job-progress": Opens(STAFF | PLATFORM),
    "console:job-cancellation": Opens(None, RUNNING),
    "console:job-repetition": Opens(None, RUNNING),
    "console:fact-repetition": Opens(None, RUNNING),
    "console:verification": Opens(VERIFIERS),
    "console:verification-row": Opens(VERIFIERS),
    "console:verification-decision": Opens(None, VERIFIERS, {"verdict": "refused", "note": "Send a picture."}),
    "console:verification-hold": Opens(None, VERIFIERS),
    "console:verification-undoing": Opens(None, NOBODY),  # nobody has decided
    "console:verification-call": Opens(None, VERIFIERS, {"seen": "face"}),
    "console:verification-evidence": Opens(None, VERIFIERS),
    "console:verification-register": Opens(RUNNING, NOBODY),  # without a table
    "console:uploads": Opens(None, NOBODY),  # without a file
    "console:upload": Opens(RUNNING),
    "console:upload-trial": Opens(None, RUNNING),
    "console:upload-loading": Opens(None, RUNNING, {"source": "slack"}),
    "console:upload-diagnosis": Opens(None, RUNNING),
    "console:upload-removal": Opens(None, RUNNING),
    "console:upload-rejections": Opens(NOBODY),  # nothing was rejected
    "console:diagnosis-refresh": Opens(None, RUNNING),
    "console:people": view(ORDER),
    "console:people-refresh": Opens(None, RUNNING),
    "console:alarm-snooze": Opens(None, RUNNING),
    "console:alarm-dismissal": Opens(None, RUNNING, {"reason": "expected"}),
    "console:alarm-undoing": Opens(None, RUNNING),
    "console:metrics-refresh": Opens(None, RUNNING),
    "console:goal": Opens(RUNNING, RUNNING, {"bound": "at_least", "value": "12"}),
    "console:goal-ending": Opens(None, RUNNING),
    "console:goal-reopening": Opens(None, RUNNING),
    "console:goal-rest": Opens(None, RUNNING),
    "console:goals": Opens(STAFF | PLATFORM),
    "console:cohorts": Opens(STAFF | PLATFORM),
    "console:report": Opens(STAFF | PLATFORM),
    "console:report-file": Opens(STAFF | PLATFORM),
    "console:metric": Opens(STAFF | PLATFORM),
    "console:archive": Opens(RUNNING),
    "console:archive-report": Opens(RUNNING),
    "console:archive-data": Opens(RUNNING),
    # The design system's own pages
    "ui:preferences": Opens(None, EVERYBODY, {"theme": "dark"}),
    "ui:components": Opens(EVERYBODY, EVERYBODY),
    "ui:undo-sample": Opens(None, EVERYBODY),
    # The faulty routes of tests.security.sham, as they would be right
    "sham:leaking": Opens(READERS),
    "sham:hasty": Opens(NOBODY),
    "sham:forgeable": Opens(EVERYBODY, EVERYBODY),
    "sham:forgetful": Opens(None, PLACED),
    "sham:bare": Opens(None, PLACED),
    "sham:broken": Opens(NOBODY),
    "sham:reading": Opens(PLACED),
    "sham:staff": Opens(STAFF | PLATFORM),
}

MORE: dict[str, tuple[Opens, ...]] = {
    "console:groups": (
        bulk("close", "group", RUNNING, "groups_groupclosure"),
        bulk("reopen", "closed", RUNNING, "groups_groupclosure"),
        bulk("capacity", "group", RUNNING, "groups_group", capacity="200"),
        bulk("keeper", "group", RUNNING, "groups_roleassignment", keeper="%(moderator_id)s"),
        Opens(None, RUNNING, {"view": "remove", "key": "%(view_id)s"}, effect="core_savedview"),  # shared
    ),
}
