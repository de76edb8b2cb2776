"""Who hears that a group cools down."""

from django.db import transaction

from hearth.core.facts import emit
from hearth.core.relay import run_once
from hearth.insight.facts import GroupCooling, GroupWarming
from hearth.notify.queries import inbox


def test_operators_and_keepers_hear_that_a_group_cools_each_with_their_own_way_in(ada, bo, chen, cardiology):
    with transaction.atomic():
        emit(GroupCooling(group=cardiology.pk, before="maturity", after="declining"), subject=f"group:{cardiology.pk}")
    run_once()
    told = {
        who.member.pk: [one for one in inbox(who.actor) if one.reason == "insight.group_cooling"]
        for who in (ada, bo, chen)
    }
    assert [one.path for one in told[ada.member.pk]] == [f"/c/stlucas/console/groups/{cardiology.pk}/"]
    assert [one.path for one in told[bo.member.pk]] == [f"/c/stlucas/groups/{cardiology.pk}/tending/"]
    assert told[chen.member.pk] == []
    assert told[ada.member.pk][0].text == "Cardiology has cooled down. Look at why, and at what helps."


def test_a_group_that_warms_up_disturbs_nobody(ada, bo, cardiology):
    with transaction.atomic():
        emit(GroupWarming(group=cardiology.pk, before="declining", after="growth"), subject=f"group:{cardiology.pk}")
    run_once()
    assert "insight.group_cooling" not in {one.reason for one in inbox(ada.actor)}
