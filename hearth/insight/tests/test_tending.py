"""A keeper's own group in the portal: who waits, why it is so, who could follow, and what stays hidden."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearth.conversation.access import room_of_group
from hearth.conversation.services.changing import hide_message
from hearth.conversation.services.posting import post_message
from hearth.core.routing import link
from hearth.groups.services import admit_member, give_role, open_group
from hearth.insight.models import Alarm, GroupPortrait, GroupPulse, MemberPortrait
from hearth.insight.queries.alarms import stored_change
from hearth.insight.queries.pulse import group_reading, stored
from hearth.insight.queries.tending import kept_groups, tended
from hearth.insight.rules.people.kept import Candidate
from hearth.insight.rules.wording import ALONE_TALKS, PLAY_SHARE_ALONE
from hearth.insight.services import refresh_pulse
from hearth.insight.types import Change, ChangeKind, Evidence, Reason, ReasonCode, Text
from hearth.kit.clock import now, to_ms
from tests.cast import second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(cardiology):
    count = iter(range(1000))

    def said(who, text, group=cardiology, **more):
        access = room_of_group(who.actor, group.pk)
        return post_message(access, text=text, client_id=f"client-{next(count):04}", **more).message_id

    return said


@pytest.fixture
def inside(ada, dara, cardiology):
    admit_member(ada.actor, cardiology, dara.member, how="staff")


def alone(who, message):
    MemberPortrait.objects.create(
        member=who.member, measured_at=now(), kind="asker", tier="guest", phase="new",
        unanswered_id=message, unanswered_at=now() - timedelta(days=2),
    )  # fmt: skip


def page_of(client_of, who, group):
    return client_of(who).get(link("groups:tending", group.pk))


def give_reason(group, text, play, messages=()):
    shown = tuple(Evidence(str(one), "", "Whoever", to_ms(now()), "stored words") for one in messages)
    row, reading = group_reading(group.pk)
    reason = Reason(ReasonCode.ONE_PERSON_SHOW, text, play, {}, shown, 1.0)
    GroupPulse.objects.filter(pk=row.pk).update(reading=stored(replace(reading, reasons=(reason,))))


def test_those_who_tend_a_group_see_it_and_nobody_else(bo, chen, dara, eve, cardiology, client_of):
    assert page_of(client_of, bo, cardiology).status_code == 200
    assert page_of(client_of, chen, cardiology).status_code == 403
    assert page_of(client_of, dara, cardiology).status_code == 403
    assert page_of(client_of, eve, cardiology).status_code == 404
    assert (
        link("groups:tending", cardiology.pk) in client_of(bo).get(link("groups:card", cardiology.pk)).content.decode()
    )
    shut = client_of(chen).get(link("groups:card", cardiology.pk)).content.decode()
    assert link("groups:tending", cardiology.pk) not in shut


def test_a_keeper_of_one_group_is_nobody_in_another(ada, bo, cardiology, client_of):
    other = open_group(ada.actor, key="neuro", name={"en": "Neuro"}, space="professional", visibility="listed")
    admit_member(ada.actor, other, bo.member, how="staff")
    assert page_of(client_of, bo, other).status_code == 403


def test_newcomers_and_questions_wait_with_one_tap_to_the_answer(bo, dara, chen, inside, cardiology, say, client_of):
    first = say(dara, "Hello, I am new here")
    asked = say(chen, "Who reads the echo tonight?")
    alone(dara, first)
    text = page_of(client_of, bo, cardiology).content.decode()
    assert "Newcomers whom nobody answered" in text
    assert f"/messages/{first}/thread/#composer" in text
    assert f"/messages/{asked}/thread/#composer" in text
    say(bo, "Welcome, Dara", reply_to=first)  # answered since it was measured
    assert f"/messages/{first}/" not in page_of(client_of, bo, cardiology).content.decode()


def test_who_waits_in_another_group_or_has_left_is_not_told(ada, bo, dara, eve, inside, cardiology, say, client_of):
    other = open_group(ada.actor, key="neuro", name={"en": "Neuro"}, space="professional", visibility="listed")
    admit_member(ada.actor, other, dara.member, how="staff")
    alone(dara, say(dara, "Hello from the other group", other))
    text = page_of(client_of, bo, cardiology).content.decode()
    assert "Hello from the other group" not in text
    assert "Newcomers whom nobody answered" not in text


def test_texts_name_whom_the_room_names_and_nobody_from_outside(bo, dara, inside, cardiology, say, client_of):
    say(dara, "The round is late")
    refresh_pulse()
    wrote = {"name": dara.member.display_name, "percent": "60 %", "messages": 9}
    give_reason(cardiology, Text(ALONE_TALKS, wrote), Text(PLAY_SHARE_ALONE, {"name": "Somebody Outside"}))
    text = page_of(client_of, bo, cardiology).content.decode()
    assert "Somebody Outside" not in text
    assert (
        "Dara Okafor wrote 60 % of the last 9 messages." in text
    )  # stored as Dara, which is not what the ward calls her
    assert "Ask one of the members to end each post" in text


def test_messages_that_show_why_stand_as_the_room_shows_them(bo, chen, cardiology, say, client_of):
    seen, hidden = say(chen, "Buy my book today"), say(chen, "Buy my other book")
    refresh_pulse()
    hide_message(bo.actor, hidden, "an advert")
    give_reason(cardiology, Text("Nothing was answered."), Text("Answer."), (seen, hidden))
    text = page_of(client_of, bo, cardiology).content.decode()
    assert "Buy my book today" in text
    assert "Buy my other book" not in text
    assert "stored words" not in text


def test_alarms_stand_there_while_they_are_told_and_open(bo, cardiology, client_of):
    change = Change(
        ChangeKind.STARTS_FALL, 1, 0.1, 9, 12.0, 9.0, Text("Members opened fewer."), Text("Open one."), ()
    )  # fmt: skip
    refresh_pulse()
    alarm = Alarm.objects.create(
        group=cardiology, kind=change.kind.value, since=now(), raised_at=now(), loss=9.0, reading=stored_change(change)
    )
    assert "Members opened fewer." not in page_of(client_of, bo, cardiology).content.decode()
    Alarm.objects.filter(pk=alarm.pk).update(told_at=now())
    assert "Members opened fewer." in page_of(client_of, bo, cardiology).content.decode()


def test_who_could_follow_is_shown_to_those_who_give_the_role(ada, bo, chen, dara, inside, cardiology, say, client_of):
    say(dara, "Good morning")
    refresh_pulse()
    GroupPortrait.objects.create(
        group=cardiology,
        measured_at=now(),
        active=9,
        candidates=[asdict(Candidate(chen.member.pk, 0.9, weeks=20, answers=7, ties=5, accepted=3, verified=True))],
    )
    give_role(ada.actor, cardiology, dara.member, "assistant")
    text = page_of(client_of, bo, cardiology).content.decode()
    assert "Who could help, or follow" in text
    address = f"{link('groups:members', cardiology.pk)}?q=%E9%99%88%E7%AB%8B"  # cards of members are for the staff
    assert f'href="{address}"' in text
    listed = client_of(bo).get(address).content.decode()
    assert ("陈立" in listed, "Dara" in listed) == (True, False)
    second_factor(ada.user)
    assert link("people:member", chen.member.pk) in page_of(client_of, ada, cardiology).content.decode()
    assert "First answers: 7" in text
    assert "Accepted answers" not in text  # these count in other groups too
    assert "Who could help" not in page_of(client_of, dara, cardiology).content.decode()


def test_home_leads_those_who_keep_a_group_to_it(bo, chen, cardiology, client_of):
    refresh_pulse()
    address = link("groups:tending", cardiology.pk)
    assert address in client_of(bo).get(link("portal:home")).content.decode()
    assert "Groups you tend" not in client_of(chen).get(link("portal:home")).content.decode()


def test_home_and_the_page_it_leads_to_count_the_same_questions(ada, bo, chen, cardiology, say, client_of):
    say(bo, "Who wrote the rota?")  # their own: nobody waits for them to answer it
    say(chen, "Who is on call?")
    say(chen, "And who is on call on Sunday?")
    assert [(one.name, one.open_questions) for one in kept_groups(bo.actor)] == [("Cardiology", 2)]
    assert len(tended(bo.actor, cardiology, successors=False, unnamed="").questions) == 2
    assert "2 questions wait" in client_of(bo).get(link("portal:home")).content.decode()


def test_it_asks_as_much_of_a_lively_group(
    ada, bo, chen, dara, inside, cardiology, say, client_of, django_assert_num_queries
):
    first = say(dara, "Hello")
    alone(dara, first)
    say(chen, "Who is on call?")
    refresh_pulse()
    give_reason(cardiology, Text("{name} wrote", {"name": "Chen"}), Text("Ask."), (first,))
    browser = client_of(bo)
    page_of(client_of, bo, cardiology)
    few = count(browser, cardiology)
    for number in range(20):
        say(chen, f"And who is on call on day {number}?")
    refresh_pulse()
    give_reason(cardiology, Text("{name} wrote", {"name": "Chen"}), Text("Ask."), (first,))
    with django_assert_num_queries(few):
        browser.get(link("groups:tending", cardiology.pk))


def count(browser, group):
    with CaptureQueriesContext(connection) as asked:
        browser.get(link("groups:tending", group.pk))
    return len(asked)
