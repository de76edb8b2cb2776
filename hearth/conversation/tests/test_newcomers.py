"""The first week in a group: a buddy, first steps, and a list of people to greet."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from hearth.conversation.access import room_of_group
from hearth.conversation.services.changing import react
from hearth.conversation.services.posting import post_message
from hearth.core.errors import NotAllowed, NotFound
from hearth.core.models import Fact
from hearth.core.relay import run_once
from hearth.core.routing import link
from hearth.groups.models import Welcoming
from hearth.groups.queries import door_rows
from hearth.groups.queries.onboarding import newcomers_of, own_steps
from hearth.groups.rules.onboarding import choose_buddy
from hearth.groups.services import admit_member, give_role, import_memberships
from hearth.groups.services.onboarding import give_buddy, greet, undo_greeting
from hearth.kit.clock import now
from hearth.people.services import update_profile
from tests.cast import newcomer

pytestmark = pytest.mark.django_db


def say(who, group, text, **more):
    return post_message(room_of_group(who.actor, group.pk), text=text, client_id=str(uuid4()), **more).message_id


@pytest.fixture
def arrived(ada, dara, cardiology, time_machine):
    """Dara has just come into cardiology, where all others are since long, and the house has reacted."""
    run_once()
    time_machine.move_to(now() + timedelta(days=30), tick=False)
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    run_once()
    return dara


def only(group):
    (one,) = newcomers_of(group)
    return one


def titles(who, group=None) -> list[tuple[str, bool]]:
    return [(step.key, done) for one in own_steps(who.member.pk, group) for step, done in one.steps]


def test_the_buddy_is_who_greets_the_fewest():
    assert choose_buddy({}) is None
    assert choose_buddy({7: 2, 5: 1, 3: 1}) == 3


def test_buddies_are_given_in_turn_once_and_none_to_those_who_tend(ada, bo, community, cardiology):
    run_once()
    Welcoming.objects.all().delete()
    came = [newcomer(community, name).member for name in ("Ines", "Jun", "Kofi", "Lea")]
    for member in came:
        admit_member(ada.actor, cardiology, member, how="staff", why="They asked.")
        run_once()
        give_buddy(cardiology.pk, member.pk)  # the relay may tell a fact to a handler again
    buddies = list(Welcoming.objects.order_by("pk").values_list("buddy_id", flat=True))
    assert buddies == [ada.member.pk, bo.member.pk, ada.member.pk, bo.member.pk]
    assert give_buddy(cardiology.pk, bo.member.pk) is None


def test_who_came_with_an_archive_is_no_newcomer(ada, dara, cardiology):
    before = len(newcomers_of(cardiology))
    import_memberships(cardiology, [(dara.member.pk, now() - timedelta(days=1))])
    run_once()
    assert len(newcomers_of(cardiology)) == before
    assert own_steps(dara.member.pk) == []
    assert not Welcoming.objects.filter(membership__member=dara.member).exists()


def test_a_newcomer_waits_until_greeted_or_answered(arrived, bo, cardiology):
    assert only(cardiology).waits
    greet(bo.actor, cardiology, arrived.member.pk)
    greet(bo.actor, cardiology, arrived.member.pk)
    assert not only(cardiology).waits
    undo_greeting(bo.actor, cardiology, arrived.member.pk)
    assert only(cardiology).waits
    assert Fact.objects.filter(name="groups.newcomer_greeted").count() == 2
    hello = say(arrived, cardiology, "Hello, I am new on the ward.")
    assert (only(cardiology).words.message, only(cardiology).waits) == (hello, True)
    say(arrived, cardiology, "Is anybody here?", reply_to=hello)
    assert only(cardiology).waits  # nobody else has spoken
    say(bo, cardiology, "Welcome, Dara!", reply_to=hello)
    assert not only(cardiology).waits


def test_after_a_week_nobody_is_new(arrived, cardiology, time_machine):
    time_machine.move_to(now() + timedelta(days=7, minutes=1), tick=False)
    assert newcomers_of(cardiology) == []


def welcomed(who) -> list[bool]:
    """What is told of their first steps to those who measure."""
    return [passed for _, member, _, kind, passed, _ in door_rows() if (member, kind) == (who.member.pk, "welcomed")]


def test_first_steps_are_told_by_what_was_done_and_vanish_when_all_are(arrived, bo, cardiology):
    card, introduction, joining = "groups.name_card", "conversation.introduce_yourself", "conversation.join_in"
    assert titles(arrived) == [(card, True), (introduction, False), (joining, False)]
    round_today = say(bo, cardiology, "Who has the round today?")
    own = say(arrived, cardiology, "Hello, I am new on the ward.")
    say(arrived, cardiology, "And I like it here.", reply_to=own)
    react(arrived.actor, own, "👍", on=True)
    assert titles(arrived) == [(card, True), (introduction, True), (joining, False)]  # with others, not with oneself
    assert welcomed(arrived) == [False]
    react(arrived.actor, round_today, "👍", on=True)
    assert titles(arrived) == []
    assert welcomed(arrived) == [True]


def test_in_a_professional_group_the_name_card_is_the_first_step(arrived, cardiology):
    update_profile(arrived.actor, department="")
    assert titles(arrived)[0] == ("groups.name_card", False)
    update_profile(arrived.actor, department="Cardiology")
    assert titles(arrived)[0] == ("groups.name_card", True)
    cardiology.space = "patient"
    cardiology.save()
    assert "groups.name_card" not in dict(titles(arrived))


def test_after_a_fortnight_they_are_asked_no_more(arrived, cardiology, time_machine):
    time_machine.move_to(now() + timedelta(days=14, minutes=1), tick=False)
    assert own_steps(arrived.member.pk) == []


def test_only_those_who_tend_the_group_greet_and_only_who_is_in(arrived, bo, chen, eve, cardiology):
    with pytest.raises(NotAllowed):
        greet(chen.actor, cardiology, arrived.member.pk)
    with pytest.raises(NotFound):
        greet(bo.actor, cardiology, 999_999)


def test_a_keeper_greets_with_a_press_and_takes_it_back(arrived, bo, client_of, cardiology):
    browser = client_of(bo)
    address = link("groups:tending", group_id=cardiology.pk)
    text = browser.get(address).content.decode()
    assert "People to greet" in text
    assert "1 newcomer has heard nothing yet." in text
    for _ in range(2):
        answer = browser.post(link("groups:greeting", cardiology.pk, arrived.member.pk), {"idempotency_key": "one"})
        assert answer.status_code == 302
    assert "Everybody who came this week was greeted or answered." in browser.get(address).content.decode()
    browser.post(link("groups:greeting-undoing", cardiology.pk, arrived.member.pk), {"idempotency_key": "two"})
    assert "1 newcomer has heard nothing yet." in browser.get(address).content.decode()


def test_the_number_of_those_who_heard_nothing_is_that_of_the_list_below_it(arrived, ada, bo, client_of, cardiology):
    for name in ("Ines", "Jun"):
        came = newcomer(arrived.community, name, kind="professional", real_name=name)
        admit_member(ada.actor, cardiology, came.member, how="staff", why="They asked.")
    greet(bo.actor, cardiology, arrived.member.pk)
    text = client_of(bo).get(link("groups:tending", group_id=cardiology.pk)).content.decode()
    head, list_of_waiting, list_of_heard = re.split(r'<div class="rows">', text.partition("People to greet")[2])[:3]
    assert "2 newcomers have heard nothing yet." in head
    assert [name in list_of_waiting for name in ("Ines", "Jun", "Dara Okafor")] == [True, True, False]
    assert "1 was greeted or answered" in list_of_waiting, "the summary of the fold"
    assert "Dara Okafor" in list_of_heard


def test_a_newcomer_sees_the_first_steps_at_home_and_on_the_card(arrived, client_of, cardiology):
    browser = client_of(arrived)
    assert "First steps in Cardiology" in browser.get(link("portal:home")).content.decode()
    card = browser.get(link("groups:card", group_id=cardiology.pk)).content.decode()
    assert "Introduce yourself in a sentence or two" in card
    assert "is your buddy here" in card


def test_more_newcomers_cost_no_more_queries(ada, arrived, community, cardiology, django_assert_num_queries):
    asked = 7  # keepers, newcomers, first words, and the three steps: the card, the words, answers and reactions
    with django_assert_num_queries(asked):
        assert len(newcomers_of(cardiology)) == 1
    for number in range(6):
        admit_member(
            ada.actor, cardiology, newcomer(community, f"N{number} Lee").member, how="staff", why="They asked."
        )
    with django_assert_num_queries(asked):
        assert len(newcomers_of(cardiology)) == 7


def test_whoever_waits_is_listed_before_those_who_were_greeted(ada, bo, arrived, community, cardiology):
    greet(bo.actor, cardiology, arrived.member.pk)
    later = newcomer(community, "Ines Lee").member
    admit_member(ada.actor, cardiology, later, how="staff", why="They asked.")
    assert [one.member_id for one in newcomers_of(cardiology)] == [later.pk, arrived.member.pk]
    assert [one.member_id for one in newcomers_of(cardiology, 1)] == [later.pk]


def test_who_keeps_the_group_is_no_newcomer(ada, dara, cardiology, arrived):
    give_role(ada.actor, cardiology, dara.member, "keeper")
    assert newcomers_of(cardiology) == []
    assert own_steps(dara.member.pk) == []
