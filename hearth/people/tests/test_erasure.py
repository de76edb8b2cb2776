"""Who leaves is forgotten: asked for, called off, carried out, searched for afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress

from hearth.conversation.access import room_of_group
from hearth.conversation.models import Entry, Message
from hearth.conversation.queries.search import search
from hearth.conversation.services.changing import accept_answer
from hearth.conversation.services.posting import post_message
from hearth.core.audit import entries, first_break
from hearth.core.models import Job, User
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.models import Membership, Restriction
from hearth.groups.services import admit_member, hand_over, remove_member
from hearth.kit.clock import now
from hearth.people.models import Erasure, Identity, Member, Person
from hearth.people.queries.leaving import obstacles_of
from hearth.people.registry import holdings
from hearth.people.services import (
    ask_erasure,
    call_off_erasure,
    erase_person,
    import_identities,
    join_community,
    merge_members,
    subject_of,
)
from hearth.people.tests.canaries import Planted
from hearth.people.types import ImportedIdentity
from tests.cast import newcomer
from tests.watching import facts, refused


def quiet(_done, _total):
    """Nobody looks at the progress."""


def said(somebody, group, text, **more):
    """A message in the group's room."""
    access = room_of_group(somebody.actor, group.pk)
    posted = post_message(access, text=text, client_id=uuid4().hex, **more)
    return Message.objects.get(pk=posted.message_id)


def erase(somebody, words="remove"):
    """Ask for it and let the days of grace pass."""
    row = ask_erasure(somebody.actor, words)
    Erasure.objects.filter(pk=row.pk).update(due_at=now())
    assert erase_person(row.pk, quiet)
    return row


@pytest.fixture
def canaries(community, chen, bo, cardiology):
    """One row of every holding of Chen, with a canary in every text that the holding does not declare to keep."""
    return Planted(chen, bo, cardiology)


def test_nothing_of_an_erased_person_is_left_anywhere(own_home, canaries, chen, django_capture_on_commit_callbacks):
    assert canaries.count > 80
    assert len(canaries.found()) == canaries.count, "each canary is found before"
    (own_home / "mail").mkdir()
    (own_home / "mail/1.log").write_text(f"To: {User.objects.get(pk=chen.user.pk).email}\nHello")
    with django_capture_on_commit_callbacks(execute=True):
        erase(chen)
    left = canaries.found()
    assert left == {}
    assert list((own_home / "mail").iterdir()) == []
    assert first_break(chen.community.pk) is None


def test_words_may_stay_without_a_name(community, chen, cardiology):
    message = said(chen, cardiology, "Metoprolol first.")
    erase(chen, "keep")
    message.refresh_from_db()
    assert (message.text, message.state) == ("Metoprolol first.", "visible")
    assert Member.objects.get(pk=chen.member.pk).display_name == "Former member"
    assert Identity.objects.get(pk=chen.identity.pk).name == ""


def test_removed_words_leave_a_tombstone_and_are_found_no_more(community, chen, bo, cardiology):
    question = said(bo, cardiology, "Which beta blocker first?")
    message = said(chen, cardiology, "Metoprolol first.", reply_to=question.pk)
    accept_answer(bo.actor, message.pk)
    erase(chen)
    message.refresh_from_db()
    question.refresh_from_db()
    assert (message.text, message.html, message.state) == ("", "", "removed")
    assert (question.accepted_id, question.first_answer_at) == (None, None)
    assert [entry.kind for entry in Entry.objects.filter(message=message)] == ["post", "remove"]
    assert len(facts("conversation.message_removed")) == 1
    assert search("Metoprolol", community_id=community.pk, room_ids=[message.room_id]).message_ids == []


def test_a_place_is_given_back_and_the_sign_in_ends(community, chen, cardiology, client_of):
    client = client_of(chen)
    erase(chen)
    assert Membership.objects.get(member=chen.member).left_by == "erased"
    cardiology.refresh_from_db()
    assert cardiology.member_count == 2
    user = User.objects.get(pk=chen.user.pk)
    assert (user.is_active, user.has_usable_password(), user.email.endswith("@erased.invalid")) == (False, False, True)
    assert client.get("/c/stlucas/me/privacy/").status_code == 302
    assert Person.objects.get(pk=chen.member.person_id).user_id is None
    assert facts("people.person_erased") == [{"member": chen.member.pk}]
    assert entries().filter(action="person_erased", subject=f"member:{chen.member.pk}").count() == 1


def test_every_place_of_a_person_is_erased(community, chen, other_community):
    with community_scope(other_community):
        there = join_community(chen.user, other_community, display_name="Chen elsewhere")
    erase(chen)
    with community_scope(other_community):
        assert Member.objects.get(pk=there.pk).display_name == "Former member"


def test_who_was_merged_into_somebody_goes_with_them(community, ada, chen):
    places = import_identities(community, "zulip", [ImportedIdentity("u7", "Old Chen")])
    imported = Member.objects.get(pk=places["u7"].member)
    merge_members(ada.actor, imported, chen.member, "the same")
    erase(chen)
    both = Member.objects.filter(pk__in=[imported.pk, chen.member.pk])
    assert list(both.values_list("display_name", flat=True)) == ["Former member", "Former member"]


def test_an_archive_imported_again_brings_nobody_back(community, chen, ada):
    author = ImportedIdentity("u7", "Old Chen")
    place = import_identities(community, "zulip", [author])["u7"]
    merge_members(ada.actor, Member.objects.get(pk=place.member), chen.member, "the same")
    erase(chen)
    members = Member.objects.count()
    again = import_identities(community, "zulip", [author, ImportedIdentity("u8", "Ann")])
    assert again["u7"].identity == place.identity
    assert Member.objects.count() == members + 1
    assert Identity.objects.get(pk=place.identity).name == ""


def test_there_is_time_to_call_it_off(community, chen):
    row = ask_erasure(chen.actor, "remove")
    assert row.due_at - row.asked_at > timedelta(days=6)
    assert not erase_person(row.pk, quiet), "it is not due"
    with refused("erasure_asked"):
        ask_erasure(chen.actor, "keep")
    call_off_erasure(chen.actor)
    Erasure.objects.filter(pk=row.pk).update(due_at=now())
    assert not erase_person(row.pk, quiet)
    assert Member.objects.get(pk=chen.member.pk).display_name == "Chen"
    with refused("not_found"):
        call_off_erasure(chen.actor)


def test_who_stays_leaves_no_job_behind(community, chen, other_community):
    with community_scope(other_community):
        there = join_community(chen.user, other_community, display_name="Chen elsewhere")
        chen_there = actor_of_member(there)
    first = ask_erasure(chen.actor, "remove")
    with community_scope(other_community):
        call_off_erasure(chen_there)  # asked here, called off there
    again = ask_erasure(chen.actor, "remove")
    jobs = Job.objects.filter(name="people.erase_person").values_list("args", "state")
    assert sorted(jobs, key=str) == [({"erasure": first.pk}, "cancelled"), ({"erasure": again.pk}, "waiting")]


def test_staying_is_said_as_often_as_it_is_pressed(community, chen, client_of):
    ask_erasure(chen.actor, "remove")
    browser, address = client_of(chen), "/c/stlucas/me/data/erasure/calling-off/"
    for window in ("one", "two"):
        answer = browser.post(address, {"idempotency_key": window}, follow=True)
        assert answer.redirect_chain == [("/c/stlucas/me/data/", 302)]
        assert "You stay. Nothing was deleted." in answer.content.decode()
    assert entries().filter(action="erasure_called_off").count() == 1


def test_what_has_begun_cannot_be_called_off(community, chen):
    row = ask_erasure(chen.actor, "remove")
    Erasure.objects.filter(pk=row.pk).update(begun_at=now())
    with refused("refused"):
        call_off_erasure(chen.actor)


def test_an_owner_hands_the_group_over_first(community, ada, bo, cardiology):
    with refused("erasure_hindered"):
        ask_erasure(ada.actor, "keep")
    assert [str(one.text) for one in obstacles_of(subject_of(ada.member.person_id))] == [
        "Hand Cardiology over to somebody else.",
        "You are the last administrator. Make somebody else one.",
    ]


def test_who_became_an_owner_meanwhile_is_told_and_tried_again(community, ada, chen, cardiology):
    row = ask_erasure(chen.actor, "keep")
    Erasure.objects.filter(pk=row.pk).update(due_at=now())
    hand_over(ada.actor, cardiology, chen.member)
    assert not erase_person(row.pk, quiet)
    row.refresh_from_db()
    assert (row.begun_at, row.due_at > now()) == (None, True)
    assert facts("people.erasure_held_up") == [{"member": chen.member.pk}]


def test_a_ban_finds_whoever_comes_back(community, ada, chen, bo, cardiology):
    EmailAddress.objects.create(user=chen.user, email=chen.user.email, verified=True, primary=True)
    remove_member(ada.actor, cardiology, chen.member, "adverts", ban=True)
    address = chen.user.email
    erase(chen)
    assert Restriction.objects.get(member=chen.member).why == ""
    back = User.objects.create_user(address)
    EmailAddress.objects.create(user=back, email=address, verified=True, primary=True)
    again = join_community(back, community, display_name="New", kind="professional")
    with refused("banned"):
        admit_member(ada.actor, cardiology, again, how="staff")
    other = newcomer(community, "Zoe", kind="professional")
    admit_member(ada.actor, cardiology, other.member, how="staff")


class Broken(Exception):
    """The power went."""


def breaking_at(step):
    """A look at the progress at which everything breaks off after so many steps."""
    steps = iter(range(step))

    def tick(_done, _total):
        if next(steps, None) is None:
            raise Broken

    return tick


def test_broken_off_at_any_step_it_converges(community, chen, bo, cardiology):
    said(chen, cardiology, "Metoprolol first.")
    row = ask_erasure(chen.actor, "remove")
    Erasure.objects.filter(pk=row.pk).update(due_at=now())
    broken = 0
    while row.done_at is None:
        try:
            erase_person(row.pk, breaking_at(broken))
        except Broken:
            broken += 1
        row.refresh_from_db()
    assert broken == len(list(holdings)) + sum(not one.house for one in holdings), "at every step there is"
    row.refresh_from_db()
    assert row.done_at is not None
    assert row.who == {}
    assert len(facts("people.person_erased")) == 1
    assert len(facts("conversation.message_removed")) == 1
    assert Member.objects.get(pk=chen.member.pk).display_name == "Former member"
    assert not User.objects.get(pk=chen.user.pk).is_active
