"""What the pulse says is a metric like the others: one number on page, API and command, with a history of days."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from typer.testing import CliRunner

from hearth.carriers.services import import_archive
from hearth.cli.main import app
from hearth.core.metrics import COMMUNITY, metric, metrics
from hearth.core.permissions import house_actor
from hearth.core.routing import link
from hearth.groups.queries import group_with_key
from hearth.insight.models import PulseDay
from hearth.insight.queries.readings import readings_of, series_of, today_of_community
from hearth.insight.rules.simulation import Truth
from hearth.insight.services import refresh_pulse
from hearth.insight.services.pulse_days import DAILY, WEEKLY, keep_pulse_day_of_community, keep_pulse_days
from hearth.insight.tests.talk import Talk
from hearth.insight.tests.test_energy import energy
from hearth.insight.tests.test_living import talk
from hearth.insight.tests.test_measuring import columns
from hearth.insight.types import Energy, Stage
from hearth.kit.clock import day_of_number, now
from hearth.people.services import issue_token

__all__ = ["columns"]
pytestmark = pytest.mark.django_db
NAMES = ("vitality", "feeding_dependence", "spontaneous_level", "yield_per_seed")


@pytest.fixture
def measured(community, tmp_path, settings):
    """A ward of four authors in twelve weeks, measured today: the group and its reading."""
    settings.HEARTH_DEMO = True
    import_archive(house_actor(community.pk), talk(tmp_path / "talk.ndjson", days_ago=1))
    return group_with_key("ward"), refresh_pulse().groups[0]


def newest(grain="group", unit=COMMUNITY):
    return {one.metric.name: one.newest for one in readings_of(grain, unit) if one.metric.kept}


def test_vitality_is_what_the_pulse_says_and_what_it_cannot_say_has_its_reason(measured):
    ward, found = measured
    told = newest("group", ward.pk)
    assert sorted(told) == sorted(NAMES)
    assert told["vitality"].value == round(100 * (1 - found.risk), 2)
    assert (told["vitality"].n, told["vitality"].note) == (4, "")
    assert told["vitality"].day == day_of_number(today_of_community())
    assert found.energy.note == "not_fed"
    for name in NAMES[1:]:
        assert (told[name].value, told[name].note) == (None, "not_fed")
    cooling = newest("community")["groups_cooling"]
    assert (cooling.value, cooling.n) == (float(found.stage in {Stage.DECLINING, Stage.DORMANT, Stage.DEAD}), 1)


def test_a_fed_group_tells_its_dependence_its_own_level_and_what_a_seed_brings(measured):
    ward, found = measured
    fed = energy(Truth(2, 0.6, 1, 1, rates=(10, 10)))
    keep_pulse_days([replace(found, energy=fed)], today_of_community())
    told = newest("group", ward.pk)
    assert [told[name].value for name in NAMES[1:]] == [
        fed.dependence.value, fed.remains.value, fed.per_seed.value,
    ]  # fmt: skip
    assert told["feeding_dependence"].n == round(fed.level * fed.days)
    assert told["yield_per_seed"].n == round(fed.seeds * fed.days)
    keep_pulse_days([replace(found, energy=Energy(1, 1, 56, note="cannot_tell"))], today_of_community())
    assert newest("group", ward.pk)["feeding_dependence"].note == "cannot_tell"  # the day's last word counts
    assert PulseDay.objects.filter(unit=ward.pk).count() == 1


def test_a_group_too_young_says_so_and_an_old_archives_end_is_no_reading_of_today(community, tmp_path):
    import_archive(house_actor(community.pk), talk(tmp_path / "old.ndjson", days_ago=90))
    refresh_pulse()
    assert PulseDay.objects.count() == 0
    young = Talk()
    young.many(range(20), ["a", "b", "c"])
    keep_pulse_days([replace(young.group(at=21), id="987")], today_of_community())
    assert (newest("group", 987)["vitality"].value, newest("group", 987)["vitality"].note) == (None, "too_young")


def test_days_are_kept_for_eight_weeks_and_then_their_mondays_for_a_year(measured):
    ward, found = measured
    today = today_of_community()
    whole = Talk()
    whole.say(0, "a")
    small = whole.diagnosis(1)
    for day in range(today - WEEKLY - 30, today + 1):
        keep_pulse_days([found], day)
        keep_pulse_day_of_community(small, day)
    kept = series_of(metrics["vitality"], "group", [ward.pk])[ward.pk]
    days = {(day_of_number(today) - one.day).days for one in kept}
    assert set(range(DAILY + 1)) <= days
    assert {one.day.weekday() for one in kept if (day_of_number(today) - one.day).days > DAILY} == {0}
    assert max(days) <= WEEKLY
    assert len(days) == DAILY + 1 + sum(
        day_of_number(today - ago).weekday() == 0 for ago in range(DAILY + 1, WEEKLY + 1)
    )
    shown = next(one for one in readings_of("group", ward.pk) if one.metric.name == "vitality")
    assert [one.day.weekday() for one in shown.readings[:-1]] == [0] * (len(shown.readings) - 1)
    assert (shown.newest.day - shown.before.day).days <= 28


def test_page_api_and_command_say_the_same_number(measured, ada, client_of, community):
    ward, _found = measured
    value = newest("group", ward.pk)["vitality"].value
    page = client_of(ada).get(link("console:metric", "vitality") + f"?group={ward.pk}").content.decode()
    assert f"{value:.0f}" in page
    assert "of 100" in page
    _row, text = issue_token(ada.actor, ada.member, "x", ["metrics"])
    address = f"/api/v1/c/stlucas/metrics/vitality/readings/?group={ward.pk}"
    answer = Client().get(address, headers={"Authorization": f"Bearer {text}"})
    told = answer.json()
    assert told["fill"]["state"] == "current"
    assert told["fill"]["facts_through"] is None
    assert told["series"][0]["readings"][-1]["reason"] == "small_group"  # four authors: staff see it, no screen does
    found = CliRunner().invoke(app, ["metrics", "--community", community.key, "--group", "ward", "--json"])
    assert {row["metric"]: row["value"] for row in json.loads(found.stdout)}["vitality"] == value
    PulseDay.objects.all().delete()
    refresh_pulse()
    again = Client().get(address, headers={"Authorization": f"Bearer {text}", "If-None-Match": answer["ETag"]})
    assert again.status_code == 200  # measured anew


def test_yesterdays_pulse_is_told_as_such(measured, ada, time_machine):
    ward, _found = measured
    _row, text = issue_token(ada.actor, ada.member, "x", ["metrics"])
    time_machine.move_to(now() + timedelta(days=1), tick=False)
    address = f"/api/v1/c/stlucas/metrics/vitality/readings/?group={ward.pk}"
    told = Client().get(address, headers={"Authorization": f"Bearer {text}"}).json()
    assert told["fill"]["state"] == "behind"


def test_a_value_is_compared_with_that_of_four_weeks_before_and_with_no_other(measured):
    ward, found = measured
    today = today_of_community()

    def change():
        shown = next(one for one in readings_of("group", ward.pk) if one.metric.name == "vitality")
        return shown.before and (shown.newest.day - shown.before.day).days

    keep_pulse_days([found], today - 10)  # kept for ten days only: that is no change "in 28 days"
    assert change() is None
    for ago in range(40):
        keep_pulse_days([found], today - ago)
    assert 22 <= change() <= 28


def test_a_metric_has_one_source_and_no_more():
    about = {"title": "x", "definition": "x", "family": "order", "unit": "share", "direction": 1, "window_days": 1}
    for sources in (
        {},
        {"expression": len, "kept": metrics["vitality"].kept},
        {"kept": metrics["vitality"].kept, "waits_for": ("a",)},
    ):
        with pytest.raises(ValueError, match="needs one of"):
            metric("a_test", **about, **sources)
    assert "a_test" not in metrics
