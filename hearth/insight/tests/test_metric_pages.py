"""The metrics pages and the command: what was computed, for the whole community and for one group."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from hearth.cli.main import app
from hearth.core.metrics import COMMUNITY, metrics
from hearth.core.models import Job
from hearth.core.routing import link
from hearth.insight.models import CommunityPulse
from hearth.insight.queries.readings import readings_of, series_of
from hearth.insight.services.measuring import refresh_metrics
from hearth.insight.services.people import refresh_people
from hearth.insight.tests.test_measuring import columns, measured, ward
from hearth.kit.clock import now

__all__ = ["columns", "measured", "ward"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


@pytest.fixture
def page(ada, client_of):
    browser = client_of(ada)

    def get(query: str = "", name: str = "console:metrics", *more):
        answer = browser.get(link(name, *more) + query)
        return answer.status_code, (answer.getvalue() if answer.streaming else answer.content).decode()

    return get


def test_before_the_first_day_is_over_the_page_says_when_it_will_be(page):
    status, text = page()
    assert status == 200
    assert "Not computed yet" in text


def test_the_page_says_each_number_with_its_definition_and_what_is_still_missing(measured, page):
    status, text = page()
    assert status == 200
    assert "Messages by members in the last 28 days." in text
    assert '<span class="metric-row-number">3</span>' in text
    assert "too few" in text
    assert "commerce.order_paid" in text  # what a declared metric waits for
    _begin, _at, cardiology = measured
    status, text = page(f"?group={cardiology.pk}")
    assert status == 200
    assert "Cardiology" in text
    assert page("?group=999999")[0] == page("?group=x")[0] == 404


def test_one_metric_has_a_picture_a_table_and_its_definition(measured, page):
    _begin, at, _cardiology = measured
    assert "There is too little to tell." in page("", "console:metric", "messages_28d")[1]  # a point is no line
    at(24 * 9)
    refresh_metrics()
    status, text = page("", "console:metric", "messages_28d")
    assert status == 200
    assert 'data-chart="line"' in text
    assert "version 1" in text
    assert page("", "console:metric", "order_value")[0] == 404  # waits for its facts
    assert page("", "console:metric", "no-such")[0] == 404


def test_who_tends_a_group_sees_how_newcomers_fare(measured, bo, client_of):
    _begin, _at, cardiology = measured
    text = client_of(bo).get(link("groups:tending", cardiology.pk)).content.decode()
    assert "How newcomers fare" in text
    assert "Activated in a week" in text


@pytest.mark.parametrize("inferred", [True, False])
def test_where_hardly_any_reply_is_recorded_what_rests_on_them_is_not_told(measured, page, inferred):
    """A false zero would say that nobody answers; the diagnosis infers replies there and says so."""
    _begin, _at, cardiology = measured
    CommunityPulse.objects.create(measured_at=now(), reading={"inferred": inferred})
    for grain, unit in (("group", cardiology.pk), ("community", COMMUNITY)):
        newest = {one.metric.name: one.newest for one in readings_of(grain, unit)}
        assert (newest["starts_per_week"].note == "few_replies") is inferred
        assert (newest["starts_per_week"].value is None) is inferred
        assert newest["messages_28d"].value == 3
    of_groups = series_of(metrics["starts_per_week"], "group", [cardiology.pk])[cardiology.pk]
    assert (of_groups[-1].value is None) is inferred
    assert ("hardly any replies are recorded" in page()[1]) is inferred


def test_the_list_of_people_says_the_numbers_of_the_catalogue(measured, ada, client_of):
    refresh_people()
    text = client_of(ada).get(link("console:people")).content.decode()
    said = {one.metric.name: one.newest for one in readings_of("community")}
    assert said["mau"].value == 3
    assert "Monthly active" in text
    assert "Different members who wrote or reacted in the last 28 days" in text


def test_exports_hold_every_reading(measured, page):
    _begin, _at, cardiology = measured
    rows = list(csv.DictReader(io.StringIO(page(f"?group={cardiology.pk}&export=csv")[1].lstrip("\ufeff"))))
    newest = [row for row in rows if row["metric"] == "messages_28d"][-1]
    assert (newest["value"], newest["n"], newest["note"]) == ("3.0", "3", "")
    told = json.loads(page("?export=json")[1])
    assert [one["value"] for one in told["readings"] if one["metric"] == "members"][-1] == 4


def test_only_who_runs_the_house_computes_again_and_once(ada, client_of, ward):
    browser = client_of(ada)
    address = link("console:metrics-refresh")
    for _ in range(2):
        assert browser.post(address, {"idempotency_key": "one-press"}).status_code in {302, 303}
    assert Job.objects.filter(name="insight.refresh_metrics").count() == 1


def test_the_command_says_the_same_numbers(ward, community):
    run = CliRunner().invoke
    assert run(app, ["metrics", "--community", "nowhere"]).exit_code == 2
    assert run(app, ["metrics", "--community", community.key]).exit_code == 2  # nothing computed yet
    found = run(app, ["metrics", "--community", community.key, "--refresh", "--json"])
    assert found.exit_code == 0
    told = {row["metric"]: row for row in json.loads(found.stdout)}
    assert (told["messages_28d"]["value"], told["gini"]["value"], told["gini"]["note"]) == (3.0, None, "too_few")
    assert run(app, ["metrics", "--group", "no-such"]).exit_code == 2
    assert "messages_28d" in run(app, ["metrics", "--community", community.key, "--group", "cardiology"]).stdout
