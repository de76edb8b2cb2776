"""Reviewers decide on one case at the same moment: one of them does, and a case of high risk still needs two people."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from hearth.core.errors import Refusal
from hearth.core.models import Fact, User
from hearth.core.permissions import house_actor
from hearth.core.tenancy import community_scope
from hearth.groups.access import actor_of_member
from hearth.groups.services import found_community, make_staff
from hearth.kit.clock import now
from hearth.people.models import Opinion, Verification
from hearth.people.services import ask_verification, decide_verification, join_community, take_case

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

REVIEWERS, ROUNDS = 6, 3


def person(community, name, **about):
    user = User.objects.create(email=f"{name}@{community.key}.example", password="!")
    return join_community(user, community, display_name=name, real_name=name, hospital="St Lucas", **about)


def setting(tag, *, risky=False):
    """A case and six reviewers."""
    community = found_community(f"desk{tag}", "Desk")
    with community_scope(community):
        reviewers = [person(community, f"r{n}", kind="staff") for n in range(REVIEWERS)]
        for one in reviewers:
            make_staff(house_actor(community.pk), one, "reviewer")
        if risky:
            ask_verification(actor_of_member(person(community, "first")), licence="7")
        case = ask_verification(actor_of_member(person(community, "asks")), licence="7")
        return community, case, [actor_of_member(one) for one in reviewers]


def at_once(community, actors, act):
    """Everybody acts at the same moment; returns who came through and the codes of the others."""
    start, through, refused = threading.Barrier(len(actors)), [], []

    def one(actor):
        try:
            with community_scope(community):
                start.wait()
                (through if act(actor) else refused).append(actor.ref)
        except Refusal as refusal:
            refused.append(refusal.code)
        except OperationalError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return through, refused


def told(name):
    return Fact.objects.filter(name=name).count()


@pytest.mark.parametrize("tag", range(ROUNDS))
def test_one_case_is_held_and_decided_by_one_reviewer(tag):
    community, case, actors = setting(tag)
    holding, _others = at_once(community, actors, lambda actor: take_case(actor, case.pk))
    assert len(holding) == 1
    with community_scope(community):
        Verification.objects.update(taken_by="", taken_until=None)
    through, refused = at_once(community, actors, lambda actor: decide_verification(actor, case.pk, verified=True))
    assert (len(through), len(refused)) == (1, REVIEWERS - 1)
    assert set(refused) <= {"already_decided", "case_taken"}
    with community_scope(community):
        assert Opinion.objects.filter(verification=case).count() == 1
        assert told("people.person_verified") == 1


def test_a_case_of_high_risk_is_never_confirmed_by_one_person_however_often_they_press():
    community, case, actors = setting("risky", risky=True)
    at_once(community, actors[:1] * REVIEWERS, lambda actor: decide_verification(actor, case.pk, verified=True))
    with community_scope(community):
        assert Verification.objects.get(pk=case.pk).state == "waiting"
        assert Opinion.objects.filter(verification=case).count() == 1
        assert told("people.person_verified") == 0
        decide_verification(actors[1], case.pk, verified=True)
        assert Verification.objects.get(pk=case.pk).state == "verified"


def take_carelessly(actor, case, pause):
    """Look, then write: what ``take_case`` would be without its guarded update."""
    row = Verification.objects.get(pk=case)
    free = row.taken_until is None
    pause.wait()
    if free:
        Verification.objects.filter(pk=case).update(taken_by=actor.ref, taken_until=now() + timedelta(minutes=10))
    return free


def test_negative_control_without_the_guard_many_hold_one_case():
    community, case, actors = setting("careless")
    pause = threading.Barrier(REVIEWERS)
    holding, _others = at_once(community, actors, lambda actor: take_carelessly(actor, case.pk, pause))
    assert len(holding) == REVIEWERS
