"""The metrics of a living community: its own facts in, readings out, the same numbers as counted by hand."""

import shutil
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from hearth.conversation.access import room_of_group
from hearth.conversation.services.changing import accept_answer, hide_message, react
from hearth.conversation.services.posting import post_message
from hearth.core.metrics import COMMUNITY, metrics
from hearth.core.models import Job
from hearth.core.tenancy import entered
from hearth.groups.services import admit_member, open_group
from hearth.insight import jobs
from hearth.insight.queries.feed import LivingFeed
from hearth.insight.queries.readings import columns_folder, measured_day, readings_of, series_of
from hearth.insight.services.measuring import rebuild_metrics, refresh_metrics
from hearth.kit.clock import day_number, now

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def columns(settings, tmp_path):
    settings.HEARTH_HOME = tmp_path


def say(who, group, text, hour, **more):
    access = room_of_group(who.actor, group.pk)
    return post_message(access, text=text, client_id=f"client-{int(hour * 10):04}", **more).message_id


def talk(ada, bo, chen, dara, cardiology):
    """Five days from now: a question that Bo answered after two hours, and an advert that was hidden."""
    cardiology.time_zone = "Asia/Shanghai"
    cardiology.save()
    admit_member(ada.actor, cardiology, dara.member, how="staff")
    begin = now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=5)
    with time_machine.travel(begin, tick=False) as clock:

        def say_at(who, text, hour, **more):
            clock.move_to(begin + timedelta(hours=hour))
            return say(who, cardiology, text, hour, **more)

        asked = say_at(dara, "Who reads the echo tonight?", 9)
        answer = say_at(bo, "I do, from six.", 11, reply_to=asked)
        say_at(chen, "Thank you", 11.5, reply_to=answer)
        advert = say_at(chen, "Cheap watches", 14)
        say_at(ada, "The round is at eight.", 23.5)
        react(chen.actor, asked, "👍", on=True)
        accept_answer(dara.actor, answer)
        hide_message(bo.actor, advert, "an advert")
    return begin


@pytest.fixture
def ward(story, ada, bo, chen, dara, cardiology, time_machine):
    """The morning after the talk: (its day, ``at(hour)`` that sets the clock, the group)."""
    begin = story.tell(talk, {"ada": ada, "bo": bo, "chen": chen, "dara": dara, "cardiology": cardiology})
    cardiology.refresh_from_db()

    def at(hour: float) -> None:
        time_machine.move_to(begin + timedelta(hours=hour), tick=False)

    at(30)
    return begin, at, cardiology


KEPT: dict[str, Path] = {}


@pytest.fixture
def measured(ward, tmp_path_factory):
    """The ward with its metrics: computed once, and laid down again for as long as the talk is the same to the fact."""
    feed = LivingFeed()
    log = feed.mark(feed.upto())
    if log in KEPT:
        shutil.copytree(KEPT[log], columns_folder())
    else:
        refresh_metrics()
        KEPT[log] = shutil.copytree(columns_folder(), tmp_path_factory.mktemp("measured") / "columns")
    return ward


def told(grain="group", unit=COMMUNITY):
    return {one.metric.name: one.newest and one.newest.value for one in readings_of(grain, unit)}


def test_a_day_of_talk_comes_to_what_one_counts_by_hand(measured):
    begin, _at, cardiology = measured
    assert measured_day() == day_number(begin.date()) + 1
    found = told("group", cardiology.pk)
    expected = {
        "messages_28d": 3, "authors_28d": 3, "seeded_28d": 1, "questions_28d": 1, "starts_per_week": 0.25,
        "starters_28d": 1, "reactions_28d": 1, "questions_open": 0, "wau": 3, "mau": 3, "dau": 3 / 28,
        "lifecycle_new": 3, "lifecycle_dormant": 0, "weeks_active": 1, "members": 4, "organic_share": None,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    whole = told("community")
    assert (whole["messages_28d"], whole["authors_28d"], whole["members"]) == (3, 3, 4)
    newest = series_of(metrics["messages_28d"], "group", range(cardiology.pk + 9), first=measured_day())
    assert {unit: [one.value for one in read] for unit, read in newest.items()} == {cardiology.pk: [3]}


def test_a_group_opened_after_the_feed_was_made_is_not_lost(ward, ada):
    feed = LivingFeed()
    group = open_group(ada.actor, key="surgery", name="Surgery", owner=ada.member)
    post_message(room_of_group(ada.actor, group.pk), text="Welcome.", client_id="client-9999")
    told = [unit for batch in feed.acts(0, feed.upto()) for unit in batch["unit"].to_pylist()]
    assert told.count(group.pk) == 1


def test_nothing_of_the_present_day_is_seen(ward):
    _begin, at, cardiology = ward
    at(23.9)
    refresh_metrics()
    assert told("group", cardiology.pk)["messages_28d"] == 0


def test_a_rebuild_says_what_the_refreshes_said(measured):
    _begin, at, cardiology = measured
    at(60)
    refresh_metrics()
    refreshed = readings_of("group", cardiology.pk)
    rebuild_metrics()
    assert readings_of("group", cardiology.pk) == refreshed


def test_a_damaged_file_of_readings_is_never_shown_and_made_anew(measured):
    _begin, _at, cardiology = measured
    (path,) = columns_folder().glob("readings/*.parquet")
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 0xFF
    path.write_bytes(bytes(body))
    assert set(told("group", cardiology.pk).values()) == {None}
    refresh_metrics()
    assert told("group", cardiology.pk)["messages_28d"] == 3


def test_each_community_is_measured_once_on_its_own_day(ward, community, other_community):
    with entered(None):
        jobs.run_refresh_all_metrics(None)
        assert sorted(Job.objects.filter(name="insight.refresh_metrics").values_list("community_id", flat=True)) == [
            community.pk,
            other_community.pk,
        ]
