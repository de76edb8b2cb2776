"""Two communities in one house, each with every kind of person and a canary in every text that somebody may type.

``found`` makes one; ``World`` holds both with the two kinds of people that no community knows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from hearth.blueprint.models import CopyBatch, Revision
from hearth.blueprint.queries import (
    copies_planned,
    original_group,
    plan_back,
    plan_of,
    plan_of_closing,
    read_blueprint,
    state_of,
)
from hearth.blueprint.queries.community_copies import original_community
from hearth.blueprint.queries.drafts import begun, plan_of_draft
from hearth.blueprint.rules.targets import read_table
from hearth.blueprint.services import fingerprint
from hearth.blueprint.services.drafts import begin_draft, tell_screen
from hearth.carriers.services import keep_upload
from hearth.conversation.access import room_of_group
from hearth.conversation.models import Message
from hearth.conversation.services import changing
from hearth.conversation.services.attachments import attach
from hearth.conversation.services.posting import post_message
from hearth.conversation.services.reading import bookmark
from hearth.core import audit
from hearth.core.community_settings import change_setting
from hearth.core.jobs import enqueue, running_alone
from hearth.core.models import Community, Fact, Job, ParkedFact, User
from hearth.core.permissions import house_actor
from hearth.core.saved_views import save_view
from hearth.core.tenancy import community_scope
from hearth.groups.models import Application, Group, Waiting
from hearth.groups.queries.doors import steps_of
from hearth.groups.services import (
    add_place,
    admit_member,
    change_gates,
    close_group,
    found_community,
    give_role,
    lift_pause,
    make_entry_code,
    make_join_link,
    make_staff,
    note_deed,
    open_group,
    plan_merge,
    restrict,
    set_answer,
)
from hearth.groups.types import KeptBy
from hearth.insight.models import Alarm
from hearth.insight.queries.alarms import stored_change
from hearth.insight.services import snooze_alarm
from hearth.insight.services.goals import set_goal
from hearth.insight.services.weekly import keep_weekly_report
from hearth.insight.types import Bound, Change, ChangeKind, Evidence, Text
from hearth.kit.clock import now
from hearth.notify.access import unsubscribe_token
from hearth.notify.models import Notice
from hearth.people.models import Block, Evidence as CaseEvidence, MemberTag, SignIn
from hearth.people.services import (
    ask_verification,
    decide_verification,
    give_licence,
    issue_token,
    join_community,
    make_bot,
    note_sign_in,
    start_verification,
)
from hearth.people.services.exports import order_own_export, write_own_export
from hearth.people.services.rosters import keep_roster, try_roster
from hearth.ui.sheets import Section, Sheet, plain
from tests.cast import Castaway, second_factor, signed_in_now

PASSWORD = "a long enough secret"
BACKEND = "django.contrib.auth.backends.ModelBackend"
STAFF = ("moderator", "reviewer", "auditor", "operator", "admin")
IN_GROUP = ("owner", "keeper", "member", "verified", "muted", "banned", "expelled")
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass
class House:
    """One community: who lives in it, its objects by the names that routes give them, and its canary."""

    community: Community
    canary: str
    people: dict[str, Castaway] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    bot_token: str = ""
    program_token: str = ""
    payloads: Iterator[str] | None = None

    def word(self, what: str) -> str:
        """A text that betrays where it comes from, with the next of the payloads if the house has some."""
        payload = next(self.payloads) if self.payloads else ""
        return f"{self.canary} {payload}{what}"


def browser(user: User | None, **extra: Any) -> Client:
    """A browser, signed in where a user is given."""
    client = Client(**extra)
    if user is not None:
        # As stored: an earlier test may have changed the object and not the row, which was rolled back.
        client.force_login(User.objects.get(pk=user.pk), backend=BACKEND)
        signed_in_now(client, user)
    return client


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside is undone, so that the next request meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def know_password(user: User) -> None:
    """Let somebody sign in by the page, with a confirmed address and ``PASSWORD``."""
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)


def found(key: str, canary: str, payloads: Sequence[str] = ()) -> House:
    """A community with everybody and everything in it."""
    worded = House(Community(), canary, payloads=cycle(payloads) if payloads else None)
    charter = {text: worded.word(text) for text in ("purpose", "private_purpose", "audience", "values", "goals")}
    house = replace(worded, community=found_community(key, worded.word("community"), "en", "UTC", **charter))
    with community_scope(house.community):
        # Patients alone need a badge here: who is asked for one by default is told by the ways in (groups).
        change_setting(house_actor(house.community.pk), "groups.badge_of_professionals", raw=False)
        _people(house)
        _groups(house)
        _talk(house)
        _own_things(house)
        _operations(house)
    return house


def _person(house: House, role: str) -> Castaway:
    user = User.objects.create(email=f"{role}@{house.community.key}.example", password="!")
    member = join_community(
        user,
        house.community,
        kind="professional",
        display_name=house.word(f"display {role}"),
        real_name=house.word(f"real {role}"),
        hospital=house.word("hospital"),
        department=house.word("department"),
        title=house.word("title"),
        city=house.word("city"),
    )
    return Castaway(user, member, house.community)


def _people(house: House) -> None:
    for role in (*IN_GROUP, "newcomer", "rival", *STAFF):
        house.people[role] = _person(house, role)
    for role in STAFF:
        make_staff(house_actor(house.community.pk), house.people[role].member, role, why=house.word("why staff"))
        second_factor(house.people[role].user)


def _group(house: House, key: str, owner: str, **about: Any) -> Group:
    return open_group(
        house.people["operator"].actor,
        key=key,
        name=house.word(f"group {key}"),
        theme=house.word("theme"),
        function=house.word("function"),
        card=house.word("card"),
        welcome=house.word("welcome"),
        norms=house.word("norms"),
        capacity=30,
        space="professional",
        owner=house.people[owner].member,
        **about,
    )


def _groups(house: House) -> None:
    people, operator = house.people, house.people["operator"].actor
    add_place(operator, kind="organisation", name=house.word("place"))
    group = _group(house, "cardiology", "owner", visibility="listed")
    for role in IN_GROUP[1:]:
        admit_member(operator, group, people[role].member, how="staff")
    give_role(operator, group, people["keeper"].member, "keeper", why=house.word("why role"))
    secret = _group(house, "board", "rival", visibility="hidden")
    closed = _group(house, "closed", "owner", visibility="listed")
    close_group(operator, closed, why=house.word("why closed"))
    muted = restrict(operator, people["muted"].member, group, kind="mute", why=house.word("why muted"))
    restrict(operator, people["banned"].member, group, kind="ban", why=house.word("why banned"))
    restrict(operator, people["expelled"].member, None, kind="ban", why=house.word("why expelled"))
    link = make_join_link(operator, group)
    house.things |= {"group": group.pk, "group_id": group.pk, "secret": secret.pk, "closed": closed.pk}
    house.things |= {"inmate": people["member"].member.pk, "moderator_id": people["moderator"].member.pk}
    steps = [{"from": 900, "conditions": [{"kind": "question", "question": house.word("door question")}]}]
    change_gates(operator, group, steps, why=house.word("why door"))
    with transaction.atomic():
        asked = Application.objects.create(
            group=group,
            member=people["newcomer"].member,
            how="open_door",
            waits_since=now(),
            answers={steps_of(group.pk)[0].conditions()[0].key: {"text": house.word("door answer")}},
        )
        stands = Waiting.objects.create(group=closed, member=people["newcomer"].member, how="open_door")
    house.things |= {"waiting_id": stands.pk, "application_id": asked.pk, "picked": str(asked.pk), "kind": "question"}
    led = [{"attribute": "city", "values": [house.word("led")], "group": group.pk}]
    code = make_entry_code(operator, title=house.word("code title"), rules=led, default_group=group.pk)
    house.things |= {"code_id": code.pk, "entry_code": code.code}
    _value_line(house, group, closed)
    house.things["regrouping_id"] = plan_merge(operator, group, [secret.pk]).pk
    house.things |= {"restriction_id": muted.pk, "link_id": link.pk, "code": link.code}


def _value_line(house: House, group: Group, lifted: Group) -> None:
    """Something promised and done, and a pause that was lifted."""
    operator = house.people["operator"].actor
    gets = {"member": house.word("value for members"), "company": house.word("value for the company")}
    answer = set_answer(
        operator, "case", name=house.word("value"), force="knowledge", service=house.word("service"), gets=gets,
        kept_by=KeptBy(every_days=7), why=house.word("why value"),
    )  # fmt: skip
    deed = note_deed(house.people["keeper"].actor, group, answer)
    lift_pause(operator, lifted, days=5, why=house.word("why lifted"))
    house.things |= {"value_id": answer.pk, "deed_id": deed.pk, "lifted": lifted.pk}


def post(house: House, who: str, text: str, group: int | None = None, **rest: Any) -> int:
    """Somebody posts; the message's id."""
    access = room_of_group(house.people[who].actor, group or house.things["group"])
    count = Message.objects.count()
    return post_message(access, text=text, client_id=f"client-{house.community.key}-{count}", **rest).message_id


def _talk(house: House) -> None:
    member, things = house.people["member"].actor, house.things
    access = room_of_group(member, things["group"])
    picture = attach(access, SimpleUploadedFile(f"{house.canary}.png", PIXEL, "image/png"))
    paper = attach(access, SimpleUploadedFile(f"{house.canary}.txt", house.word("file").encode(), "text/plain"))
    asked = post(house, "member", house.word("question: which dose?"), attachments=[picture.pk, paper.pk])
    answer = post(house, "keeper", house.word("answer") + f" @<{member.identity_id}>", reply_to=asked)
    hidden = post(house, "member", house.word("hidden"))
    removed = post(house, "member", house.word("removed"))
    post(house, "rival", house.word("board talk"), group=things["secret"])
    changing.edit_message(member, asked, house.word("question: which dose, please?"))
    changing.react(member, answer, "👍", on=True)
    keeper = house.people["keeper"].actor
    changing.pin_message(keeper, answer, on=True)
    changing.hide_message(keeper, hidden, house.word("why hidden"))
    changing.remove_message(member, removed)
    bookmark(member, asked, on=True)
    things |= {"message_id": asked, "answer": answer, "hidden": hidden, "removed": removed}
    things |= {"attachment_id": picture.pk, "paper": paper.pk}


def _own_things(house: House) -> None:
    member, things, people = house.people["member"], house.things, house.people
    token, house.token = issue_token(member.actor, member.member, house.word("token"), ["read"])
    note_sign_in(member.user, f"{house.canary}-session", house.word("device"))
    things["sign_in_id"] = SignIn.objects.get(session_key=f"{house.canary}-session").pk
    export = order_own_export(member.actor)
    write_own_export(export.pk, member.member.pk, lambda _done, _total: None)
    things["export_id"] = export.pk
    roster = keep_roster(people["operator"].actor, SimpleUploadedFile("a.csv", f"name\n{house.word('Lee')}\n".encode()))
    try_roster(roster.pk, lambda _done, _total: None)
    Job.objects.filter(pk=roster.trial_id).update(state="done")
    things["roster_id"] = roster.pk
    notice = Notice.objects.create(
        member=member.member,
        reason="groups.role_given",
        group_id=things["group"],
        subject=f"group:{things['group']}",
        path=f"/c/{house.community.key}/",
        params={"role": "keeper", "member": people["keeper"].member.pk},
    )
    Block.objects.create(member=member.member, blocked=people["rival"].member)
    MemberTag.objects.create(member=member.member, tag=house.word("tag"), by="house")
    asked = ask_verification(member.actor, licence=house.word("licence of the member"))
    decide_verification(people["admin"].actor, asked.pk, verified=False, note=house.word("note"))
    badge = ask_verification(people["verified"].actor, licence=house.word("licence of the verified"))
    decide_verification(people["admin"].actor, badge.pk, verified=True, expires_on=(now() + timedelta(days=9)).date())
    waiting = ask_verification(people["keeper"].actor, licence=house.word("licence of the keeper"))
    things |= {"token_id": token.pk, "notice_id": notice.pk, "verification_id": waiting.pk}
    things["evidence_id"] = waiting.evidence.get().pk
    draft = start_verification(member.actor)
    things["draft_evidence"] = give_licence(member.actor, draft.pk, house.word("licence of the member")).pk
    colleague = people["verified"].member
    vouch = CaseEvidence(verification=draft, kind="vouch", state="pending", by_member=colleague)
    given = CaseEvidence(verification=waiting, kind="vouch", state="given", by_member=colleague)
    things["vouch"], things["vouched"] = (row.pk for row in CaseEvidence.objects.bulk_create([vouch, given]))
    things |= {"member_id": people["newcomer"].member.pk, "purpose": "people.sensitive_tags"}
    things["token"] = unsubscribe_token(member.member)


def _operations(house: House) -> None:
    admin = house.people["admin"]
    view = save_view(admin.actor, "groups", house.word("view"), "q=" + house.canary, shared=True)
    bot = make_bot(admin.actor, name=house.word("bot"), purpose=house.word("bot purpose"))
    _token, house.bot_token = issue_token(admin.actor, bot.member, house.word("bot token"), ["read"])
    operator = house.people["operator"]
    _token, house.program_token = issue_token(operator.actor, operator.member, house.word("program"), ["metrics"])
    with transaction.atomic():
        audit.record(admin.actor, "tested", "community:1", after={"word": house.word("after")}, why=house.word("why"))
    job = Job.objects.create(
        community=house.community,
        name="carriers.load",
        state="failed",
        note=house.word("job note"),
        error=house.word("job error"),
        result={"word": house.word("job result")},
        finished_at=now() - timedelta(minutes=5),
    )
    fact = Fact.objects.order_by("pk").first()
    parked = ParkedFact.objects.create(
        handler="a.handler", fact=fact, attempts=9, next_at=now(), parked_at=now(), error=house.word("parked error")
    )
    table = f"time,author,text,channel\n2024-01-01T10:00:00Z,{house.word('author')},{house.word('row')},general\n"
    upload = keep_upload(
        admin.actor, SimpleUploadedFile(f"{house.canary}.csv", table.encode(), "text/csv"), purpose="diagnose"
    )
    enqueue("insight.refresh_pulse", actor=admin.actor)
    house.things |= {
        "view_id": view.pk,
        "job_id": job.pk,
        "parked_id": parked.pk,
        "upload_id": upload.pk,
        "metric_name": "wau",
    }
    _applied(house, operator)
    house.things |= {"role": "moderator", "batch": "guessed", "key": "guessed"}


def _applied(house: House, operator: Castaway) -> None:
    """A blueprint that was applied, and one that somebody is about to apply."""
    row = Revision.objects.create(
        number=40 + house.community.pk, source=house.word("file"), by=operator.actor.ref, ended_at=now()
    )
    row.steps.create(
        number=1, section="groups", key=house.word("ward"), kind="remove", done_at=now(), refused={},
        before={"name": {"en": house.word("wing")}, "theme": house.word("theme")},
    )  # fmt: skip
    text = "hearth: 1\ngroups:\n  keep_others: true\n  wing: {name: Wing}\n"
    plan, _problems = plan_of(operator.actor, read_blueprint([("wing.yaml", text.encode())])[0].wanted)
    house.things |= {"number": row.number, "blueprint": text, "seen": fingerprint(plan)}
    _copied(house, operator)
    house.things["seen_back"] = fingerprint(plan_back(operator.actor, row))
    begin_draft(operator.actor, "standing", "en")
    words = {name: house.word(name) for name in ("name", "purpose", "private_purpose", "goals")}
    tell_screen(operator.actor, "purpose", {**words, "name": words["name"][:80]}, seen=0)
    _text, plan, _problems = plan_of_draft(operator.actor, begun(operator.actor))
    house.things |= {"screen": "purpose", "seen_start": fingerprint(plan)}


def _copied(house: House, operator: Castaway) -> None:
    """A batch of copies that waits for somebody to look, and a table that somebody is about to send."""
    original = original_group(operator.actor, Group.objects.get(pk=house.things["group"]).key)
    batch = CopyBatch.objects.create(
        number=60 + house.community.pk, part=original.part, key=original.key, stood=original.stood, columns=["key"],
        source=house.word("table"), by=operator.actor.ref,
    )  # fmt: skip
    batch.copies.create(line=2, key="annex", values={"key": "annex", "city": house.word("city")})
    plan, _problems = copies_planned(operator.actor, original, read_table("table", b"key\nannex\n"))
    house.things |= {"batch_number": batch.number, "seen_copies": fingerprint(plan)}
    the_house = house_actor(house.community.pk)
    plan, _problems = copies_planned(the_house, original_community(the_house), read_table("table", b"key\nannex\n"))
    house.things["seen_communities"] = fingerprint(plan)
    house.things["seen_closing"] = fingerprint(plan_of_closing(operator.actor, state_of(batch), ()))


def _alarm(house: House) -> None:
    shown = Evidence("1", "ward", house.word("alarm author"), 1, house.word("alarm words"))
    change = Change(ChangeKind.ADVERTS_RISE, 1, 0.1, 9, 12.0, 9.0, Text("x"), Text("y"), (shown,))
    with community_scope(house.community):
        alarm = Alarm.objects.create(
            group_id=house.things["group"], kind=change.kind.value, since=now(), raised_at=now(), told_at=now(),
            loss=9.0, reading=stored_change(change),
        )  # fmt: skip
        answer = snooze_alarm(house.people["admin"].actor, alarm, days=7)
        goal = set_goal(
            house.people["admin"].actor, "mau", None, bound=Bound.AT_LEAST, value=5, why=house.word("goal reason")
        )
        sheet = Sheet("en", house.word("report"), "", (Section(house.word("section")),))
        report = keep_weekly_report(date(2026, 1, 5), {"en": plain(sheet)})
    house.things |= {"alarm_id": alarm.pk, "answer_id": answer.pk, "report_id": report.pk, "goal_id": goal.pk}


@dataclass
class World:
    """Both communities, and who belongs to neither."""

    alfa: House
    bravo: House
    applicant: User
    platform: User

    def browsers_of(self, house: House, role: str) -> Client:
        """One of the house's people, somebody who belongs to neither house, or nobody, in a browser of their own."""
        strangers = {"applicant": self.applicant, "platform": self.platform}
        if role in strangers:
            return browser(strangers[role])
        return browser(house.people[role].user if role in house.people else None)

    def browsers(self, house: House) -> dict[str, Client]:
        """Every principal as seen from ``house``, each in a browser of their own; staff with a second factor."""
        other = self.bravo if house is self.alfa else self.alfa
        made = {role: browser(person.user) for role, person in house.people.items()}
        made["anonymous"] = browser(None)
        made["bearer"] = browser(None, headers={"Authorization": f"Bearer {house.token}"})
        made["bot"] = browser(None, headers={"Authorization": f"Bearer {house.bot_token}"})
        made["program"] = browser(None, headers={"Authorization": f"Bearer {house.program_token}"})
        made["applicant"] = browser(self.applicant)
        made["platform"] = browser(self.platform)
        made["outsider"] = browser(other.people["member"].user)
        made["outside_admin"] = browser(other.people["admin"].user)
        return made


def build(payloads: Sequence[str] = ()) -> World:
    """The world of these tests; with ``payloads`` every text of both communities carries one."""
    applicant = User.objects.create(email="applicant@example.org", password="!")
    platform = User.objects.create(email="platform@example.org", password="!", is_superuser=True)
    second_factor(platform)
    made = World(found("alfa", "zalfaz", payloads), found("bravo", "zbravoz", payloads), applicant, platform)
    with running_alone() as work_off:
        work_off()
    for house in (made.alfa, made.bravo):
        _alarm(house)  # measuring, just done, ends alarms that it does not find
    return made
