"""Alarms: one row while a change stands, told within a budget, answered, and taken back."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from hearth.core.community_settings import change_setting
from hearth.core.errors import NotAllowed, NotFound, Refusal
from hearth.core.models import Fact
from hearth.core.permissions import house_actor
from hearth.core.relay import run_once
from hearth.groups.services import open_group
from hearth.insight.access import alarm_for
from hearth.insight.models import Alarm, AlarmAnswer
from hearth.insight.queries.alarms import alarms_of_group, open_alarms
from hearth.insight.services import dismiss_alarm, keep_alarms, snooze_alarm, undo_answer
from hearth.insight.types import AlarmReason, Change, ChangeKind, Evidence, Text
from hearth.kit.clock import now
from hearth.notify.queries import inbox

pytestmark = pytest.mark.django_db
FALL = Change(
    ChangeKind.STARTS_FALL, 1_700_000_000_000, 20.0, 3, 8.0, 34.0, Text("fell"), Text("do"),
    (Evidence("7", "Cardiology", "Dara", 1_700_000_000_000, "who is on duty?"),),
)  # fmt: skip


def found(*pairs):
    """A measuring in which groups changed."""
    return SimpleNamespace(
        groups=[SimpleNamespace(id=str(group.pk), changes=tuple(changes)) for group, *changes in pairs]
    )


def told() -> list[str]:
    return [fact.data["kind"] for fact in Fact.objects.filter(name="insight.alarm_raised").order_by("pk")]


def test_a_change_is_one_alarm_while_it_stands_and_told_once(community, cardiology):
    for step in range(3):
        keep_alarms(found((cardiology, replace(FALL, loss=30.0 + step))), now())
    assert told() == ["starts_fall"]
    assert Alarm.objects.get().loss == 32.0
    keep_alarms(found((cardiology,)), now())
    assert Alarm.objects.get().ended_at is not None
    keep_alarms(found((cardiology, FALL)), now())
    assert told() == ["starts_fall", "starts_fall"]


def test_where_nobody_talks_now_every_alarm_ends(community, cardiology):
    keep_alarms(found((cardiology, FALL)), now())
    keep_alarms(None, now())
    assert open_alarms(10) == ([], 0, 0)


def test_the_budget_tells_the_dearest_and_the_rest_when_a_week_has_passed(ada, cardiology):
    change_setting(ada.actor, "insight.alarms_a_week", 1)
    advert = replace(FALL, kind=ChangeKind.ADVERTS_RISE, loss=90.0)
    keep_alarms(found((cardiology, FALL, advert)), now())
    assert told() == ["adverts_rise"]
    rows, total, held = open_alarms(10)
    assert ([row.kind for row in rows], total, held) == (["adverts_rise"], 1, 1)
    keep_alarms(found((cardiology, FALL, advert)), now() + timedelta(days=8))
    assert told() == ["adverts_rise", "starts_fall"]


def test_a_budget_of_nothing_tells_nothing(ada, cardiology):
    change_setting(ada.actor, "insight.alarms_a_week", 0)
    keep_alarms(found((cardiology, FALL)), now())
    assert (told(), Alarm.objects.count()) == ([], 1)


def test_a_snoozed_alarm_comes_back_when_its_time_is_over(ada, cardiology):
    keep_alarms(found((cardiology, FALL)), now())
    row = snooze_alarm(ada.actor, Alarm.objects.get(), days=7)
    assert open_alarms(10)[1] == 0
    AlarmAnswer.objects.filter(pk=row.pk).update(until=now() - timedelta(minutes=1))
    assert open_alarms(10)[1] == 1
    for days in (0, 29):
        with pytest.raises(Refusal):
            snooze_alarm(ada.actor, Alarm.objects.get(), days=days)
    assert AlarmAnswer.objects.count() == 1


def test_a_dismissed_kind_must_be_stronger_in_that_group_alone_and_that_can_be_taken_back(ada, cardiology):
    other = open_group(ada.actor, key="surgery", name={"en": "Surgery"}, capacity=30)
    keep_alarms(found((cardiology, FALL)), now())
    answer = dismiss_alarm(ada.actor, Alarm.objects.get(), reason=AlarmReason.EXPECTED)
    assert open_alarms(10)[1] == 0
    keep_alarms(found((cardiology, FALL), (other, FALL)), now())  # 8 is less than half as much again as 6
    assert [row.group_id for row in Alarm.objects.filter(ended_at=None)] == [other.pk]
    assert [one.reason for one in alarms_of_group(cardiology.pk).answers] == ["expected"]
    keep_alarms(found((cardiology, replace(FALL, score=9.1))), now())
    assert Alarm.objects.filter(ended_at=None, group=cardiology).count() == 1
    keep_alarms(found((cardiology,)), now())
    undo_answer(ada.actor, answer)
    keep_alarms(found((cardiology, FALL)), now())
    assert Alarm.objects.filter(ended_at=None, group=cardiology).count() == 1
    assert alarms_of_group(cardiology.pk).answers == []
    facts = Fact.objects.filter(name="insight.alarm_answered").order_by("pk")
    assert [fact.data["answer"] for fact in facts] == ["dismiss", "undo"]


def test_members_and_keepers_neither_see_nor_answer_alarms(ada, bo, dara, cardiology):
    keep_alarms(found((cardiology, FALL)), now())
    alarm = Alarm.objects.get()
    for who in (bo, dara):
        with pytest.raises(NotFound):
            alarm_for(who.actor, alarm.pk)
        with pytest.raises(NotAllowed):
            snooze_alarm(who.actor, alarm, days=7)
    assert alarm_for(ada.actor, alarm.pk) == alarm
    assert AlarmAnswer.objects.count() == 0


def test_operators_hear_of_an_alarm_and_nobody_else(ada, bo, cardiology):
    keep_alarms(found((cardiology, FALL)), now())
    run_once()
    heard = [one for one in inbox(ada.actor) if one.reason == "insight.alarm_raised"]
    assert [one.path for one in heard] == [f"/c/stlucas/console/groups/{cardiology.pk}/"]
    assert "insight.alarm_raised" not in {one.reason for one in inbox(bo.actor)}


def test_on_the_page_an_alarm_is_seen_dismissed_once_and_taken_back(ada, cardiology, client_of, settings):
    settings.HEARTH_DEMO = True  # a console that opens without a second factor
    keep_alarms(found((cardiology, FALL)), now())
    browser, page = client_of(ada), f"/c/stlucas/console/groups/{cardiology.pk}/"
    assert "Fewer conversations begin" in browser.get("/c/stlucas/console/").content.decode()
    shown = browser.get(page).content.decode()
    assert "Fewer conversations begin" in shown
    assert "who is on duty?" in shown
    alarm = Alarm.objects.get()
    address = f"/c/stlucas/console/alarms/{alarm.pk}/dismissal/"
    for _ in range(2):
        answered = browser.post(address, {"reason": "wrong", "idempotency_key": "one"})
        assert (answered.status_code, answered.url) == (302, page)
    answer = AlarmAnswer.objects.get()
    assert "counted wrongly" in browser.get(page).content.decode()
    browser.post(f"/c/stlucas/console/alarms/answers/{answer.pk}/undoing/", {"idempotency_key": "two"})
    assert AlarmAnswer.objects.get().undone_by == ada.actor.ref
    refused = browser.post(address, {"reason": "no such", "idempotency_key": "three"})
    assert refused.status_code == 422
    assert AlarmAnswer.objects.count() == 1


def test_ended_alarms_are_forgotten_after_more_than_a_year(community, cardiology):
    keep_alarms(found((cardiology, FALL)), now() - timedelta(days=500))
    keep_alarms(found((cardiology,)), now() - timedelta(days=499))
    keep_alarms(None, now())
    assert Alarm.objects.count() == 0


def test_the_house_may_answer_too(community, cardiology):
    keep_alarms(found((cardiology, FALL)), now())
    snooze_alarm(house_actor(community.pk), Alarm.objects.get(), days=1)
    assert AlarmAnswer.objects.get().by == "house"
