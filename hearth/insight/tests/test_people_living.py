"""A living community's people: measured with what they did beside writing, kept, and shown to those who may see it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hearth.conversation.models import AcceptedAnswer, Message, Reaction, Room, Seen
from hearth.core.permissions import StaffRole, house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.services import give_role, make_staff
from hearth.insight.access import sees_outlook, sees_people
from hearth.insight.models import CommunityPortrait, GroupPortrait, MemberPortrait
from hearth.insight.queries.people import left_alone, next_keepers, people_summary, portrait_of, reply_network
from hearth.insight.services.people import refresh_people
from hearth.kit.clock import now
from hearth.kit.language import is_question
from hearth.people.models import Identity, Member
from tests.cast import newcomer
from tests.remembered import remembered

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(cardiology):
    """``say(chen, "text", days_ago=3)``: writes a row as the writer would, back in time."""
    room = Room.objects.get(group=cardiology)

    def wrote(who, text, *, days_ago=0.0, reply_to=None, origin="organic"):
        number = Message.objects.count() + 1
        return Message.objects.create(
            room=room,
            number=number,
            author=who.identity,
            text=text,
            reply_to=reply_to,
            thread=reply_to and (reply_to.thread or reply_to),
            origin=origin,
            is_question=reply_to is None and is_question(text),
            occurred_at=now() - timedelta(days=days_ago),
        )

    return wrote


@pytest.fixture
@remembered
def clinic(community, chen, dara, bo, ada, say):
    """Chen answers what four others ask, week after week; Ada of the team, too."""
    others = [newcomer(community, name, kind="professional") for name in ("Fay", "Gil", "Hana")] + [bo]
    for week in range(12, 0, -1):
        for place, who in enumerate(others):
            asked = say(who, "Which dose would you give?", days_ago=7 * week - place)
            answer = say(chen, "Two of them, in the morning", days_ago=7 * week - place - 0.1, reply_to=asked)
            say(who, "Thank you, that helped", days_ago=7 * week - place - 0.2, reply_to=answer)
        Reaction.objects.create(message=answer, author=others[0].identity, emoji="🙏")
    AcceptedAnswer.objects.create(question=asked, answer=answer, by=bo.member)
    say(ada, "Good morning, everybody", days_ago=1, origin="operator")
    return others


def test_what_everybody_did_is_kept_with_its_parts(clinic, chen, ada, cardiology):
    refresh_people()
    row = portrait_of(chen.member.pk)
    assert (row.kind, row.tier, row.phase, row.weeks) == ("answers", "carrying", "returning", 12)
    assert (row.is_leader, row.ties, row.unanswered_id) == (True, 4, None)
    parts = row.parts
    assert (parts["helped_accepted"], parts["helped_answers"], parts["helped_thanks"]) == (1, 20, 1)
    assert row.help_score == 10 + 3 * 20 + 3 * parts["helped_welcomes"] + 1
    assert parts["tied_with"][0][1:] == [12, 12]
    assert portrait_of(ada.member.pk) is None


def test_who_reads_only_is_told_so(clinic, dara, cardiology):
    Seen.objects.create(room=Room.objects.get(group=cardiology), member=dara.member, day=now().date())
    refresh_people()
    row = portrait_of(dara.member.pk)
    assert (row.kind, row.tier, row.phase, row.last_at) == ("reads", "attracted", "silent", None)


def test_bots_staff_and_those_merged_have_no_portrait_and_lose_the_one_they_had(clinic, community, chen, dara):
    refresh_people()
    assert portrait_of(dara.member.pk) is not None
    make_staff(replace(chen.actor, staff=frozenset({StaffRole.ADMIN})), dara.member, "moderator")
    Identity.objects.filter(pk=clinic[0].identity.pk).update(is_bot=True)
    Member.objects.filter(pk=clinic[1].member.pk).update(merged_into=chen.member)
    refresh_people()
    gone = [dara.member.pk, clinic[0].member.pk, clinic[1].member.pk]
    assert not MemberPortrait.objects.filter(member__in=gone).exists()
    assert portrait_of(chen.member.pk) is not None


def test_measuring_again_changes_nothing_but_the_time(clinic):
    refresh_people()
    before = list(MemberPortrait.objects.order_by("pk").values())
    refresh_people()
    after = list(MemberPortrait.objects.order_by("pk").values())
    moments = [row.pop("measured_at") for row in (*before, *after)]
    assert before == after
    assert len(set(moments)) == 2
    assert (CommunityPortrait.objects.count(), GroupPortrait.objects.count()) == (1, 1)


def test_possible_keepers_are_not_those_who_keep_it(clinic, cardiology, chen, bo):
    refresh_people()
    found, active = next_keepers(cardiology.pk)
    assert active == 5
    assert [one.name for one in found] == ["Chen"]  # Bo keeps it, the others are in no group of their own
    assert (found[0].why.weeks, found[0].why.answers, found[0].why.verified) == (12, 48, True)
    give_role(house_actor(cardiology.community_id), cardiology, chen.member, "assistant")
    refresh_people()
    assert next_keepers(cardiology.pk)[0] == []


def test_a_newcomer_whom_nobody_answered_waits_until_somebody_does(say, dara, chen, cardiology):
    first = say(dara, "Hello, I am new here", days_ago=3)
    refresh_people()
    (row,), total = left_alone(5)
    assert (row.member_id, row.unanswered_id, total) == (dara.member.pk, first.pk, 1)
    say(chen, "Welcome", days_ago=2, reply_to=first)
    refresh_people()
    assert left_alone(5) == ([], 0)


def test_the_network_can_be_drawn_with_names_and_parts(clinic, cardiology, chen):
    refresh_people()
    picture = reply_network()
    assert picture == reply_network(cardiology.pk)
    assert {node.name for node in picture.nodes} == {"Chen", "Bo", "Fay", "Gil", "Hana"}
    assert {(node.part, node.replies) for node in picture.nodes if node.name == "Chen"} == {(0, 96)}
    assert sorted(strength for _a, _b, strength in picture.edges) == [24] * 4
    assert reply_network(cardiology.pk + 1) is None


def test_reading_costs_a_fixed_number_of_questions(clinic, cardiology, django_assert_num_queries):
    refresh_people()
    for asked, count in (
        (people_summary, 1),
        (lambda: next_keepers(cardiology.pk), 3),
        (reply_network, 2),
        (lambda: left_alone(5), 1),
    ):
        with django_assert_num_queries(count):
            asked()


def test_another_community_is_not_touched(clinic, other_community, eve):
    refresh_people()
    with community_scope(other_community):
        refresh_people()
        assert [row.member_id for row in MemberPortrait.objects.all()] == [eve.member.pk]
    assert MemberPortrait.objects.count() == 6


def test_who_sees_people_and_who_sees_whether_they_may_leave(cardiology, ada, bo, chen, dara, community):
    assert sees_people(ada.actor)
    assert not sees_people(bo.actor)
    assert sees_outlook(ada.actor, dara.member.pk)
    assert sees_outlook(bo.actor, chen.member.pk)  # Bo keeps a group that Chen is in
    assert not sees_outlook(bo.actor, dara.member.pk)
    assert not sees_outlook(chen.actor, bo.member.pk)
    for role, people in (("moderator", True), ("reviewer", False), ("auditor", False)):
        staff = replace(dara.actor, staff=frozenset({StaffRole(role)}))
        assert (sees_people(staff), sees_outlook(staff, chen.member.pk)) == (people, False)
