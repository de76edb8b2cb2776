"""A badge that has ended is told nowhere: what a member says of their work stays their own word."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from hearth.groups.queries.doors import judge_door
from hearth.groups.services import change_gates
from hearth.people.models import Member, Verification
from hearth.people.queries import holds_badge, member_cards
from hearth.people.queries.badges import badges_belied
from hearth.people.services import ask_verification, update_profile
from hearth.people.services.vouching import may_vouch

LAST_DAY = date(2027, 3, 5)
BEFORE = datetime(2027, 3, 5, 15, 59, tzinfo=UTC)  # a minute to midnight in Shanghai
AFTER = datetime(2027, 3, 5, 16, 1, tzinfo=UTC)  # the sweep of every hour has not come by yet
VERIFIED = [{"from": 0, "conditions": [{"kind": "segment", "verified": True}]}]


@pytest.fixture
def badge(chen):
    Verification.objects.filter(member=chen.member).update(expires_on=LAST_DAY)
    return Verification.objects.get(member=chen.member)


@pytest.fixture
def case(dara):
    update_profile(dara.actor, hospital="圣路加医院")
    return ask_verification(dara.actor, licence="110-1")


def told_of(somebody, viewer, client_of, url, case, group):
    """What every place that knows of badges says of somebody: place → whether they hold one."""
    pk = somebody.member.pk
    own, staff = client_of(somebody), client_of(viewer)
    mine = own.get(reverse("people:profile", kwargs={"community": "stlucas"})).content.decode()
    asking = own.get(reverse("people:verification", kwargs={"community": "stlucas"})).content.decode()
    theirs = staff.get(url("member", member_id=pk)).content.decode()
    card = staff.get(reverse("people:member", kwargs={"community": "stlucas", "member_id": pk})).content.decode()
    sheet = staff.get(url("members") + "?q=chen&cols=name,verified,work&export=csv").getvalue().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(sheet))
    return {
        "card": member_cards([pk], "professional")[pk].verified,
        "actor": somebody.actor.verified,
        "query": holds_badge(pk),
        "profile": "Confirmed</span>" in re.sub(r"\s+", " ", mine),
        "own card": 'class="verified"' in mine,
        "verification": "confirmed on" in asking,
        "console": 'class="verified"' in theirs,
        "credentials": "valid until" in theirs,
        "their card": 'class="verified"' in card,
        "list": staff.get(url("members") + "?f.verified=yes").content.decode().count(">Chen<") > 0,
        "sheet": row["Verified"] == "yes",
        "door": judge_door(group, pk, None, None).answer.value == "passed",
        "vouching": may_vouch(somebody.member, case),
        "belied": bool(badges_belied(Member.objects.get(pk=pk), {"hospital": "Elsewhere"})),
    }


@pytest.mark.parametrize(("moment", "told"), [(BEFORE, True), (AFTER, False)])
def test_a_badge_counts_everywhere_until_its_last_day_is_over_and_nowhere_then(
    ada, bo, chen, badge, case, cardiology, client_of, url, time_machine, moment, told
):
    change_gates(bo.actor, cardiology, VERIFIED)
    time_machine.move_to(moment, tick=False)
    found = told_of(chen, ada, client_of, url, case, cardiology)
    assert found == dict.fromkeys(found, told)


def test_a_badge_that_another_profile_ended_leaves_the_members_own_words(
    ada, bo, chen, badge, case, cardiology, client_of, url
):
    change_gates(bo.actor, cardiology, VERIFIED)
    update_profile(chen.actor, hospital="第二医院", department="急诊科")
    found = told_of(chen, ada, client_of, url, case, cardiology)
    assert found == dict.fromkeys(found, False)
    card = member_cards([chen.member.pk], "professional")[chen.member.pk]
    assert (card.name, card.hospital, card.department) == ("陈立", "第二医院", "急诊科")
    update_profile(chen.actor, department="")
    assert Member.objects.get(pk=chen.member.pk).department == "", "no ended badge fills it again"
