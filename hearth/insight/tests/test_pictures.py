"""Pictures: what happened meanwhile is marked, networks and maps say what they draw and what they leave out."""

import json
import re
from datetime import timedelta

import pytest

from hearth.core.metrics import metrics
from hearth.core.routing import link
from hearth.groups.models import Group
from hearth.groups.services import close_group, publish_norms, reopen_group
from hearth.insight.models import GroupPortrait, GroupPulse
from hearth.insight.queries.feed import LivingFeed
from hearth.insight.queries.fleet import map_of_groups
from hearth.insight.queries.people import Node, Picture
from hearth.insight.queries.readings import columns_folder, today_of_community
from hearth.insight.services.columns import ColumnStore, refresh_columns
from hearth.insight.tests.test_measuring import columns, ward
from hearth.insight.web.picturing import map_chart, network_chart
from hearth.kit.clock import now
from tests.cast import newcomer

__all__ = ["columns", "ward"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.HEARTH_DEMO = True


def data_of(text: str, chart: str) -> dict:
    """The JSON behind a chart of a page."""
    return json.loads(re.search(rf'<script[^>]* id="{chart}-data"[^>]*>(.*?)</script>', text, re.S)[1])


def test_a_metric_is_marked_with_what_happened_meanwhile(ward, ada, client_of, time_machine):
    begin, _at, cardiology = ward

    def read_one() -> None:
        store, chosen = ColumnStore(columns_folder()), [metrics["messages_28d"]]
        refresh_columns(store, LivingFeed(), chosen, today_of_community())

    read_one()
    time_machine.move_to(begin + timedelta(days=9, hours=12), tick=False)
    publish_norms(ada.actor, cardiology, text={"en": "Be kind."})
    publish_norms(ada.actor, cardiology, text={"en": "Be kind, and quick."})
    close_group(ada.actor, cardiology)
    reopen_group(ada.actor, cardiology)
    time_machine.move_to(begin + timedelta(days=30, hours=12), tick=False)
    read_one()
    browser = client_of(ada)
    for query in (f"?group={cardiology.pk}", ""):
        text = browser.get(link("console:metric", "messages_28d") + query).content.decode()
        data = data_of(text, "metric")
        (mark,) = [one for one in data["marks"] if "closed" in one["text"]]
        assert "A group was opened again" in mark["text"]
        assert "New norms were published" in mark["text"]
        shown = [row[0] for row in data["table"]["rows"]]
        happened = (begin + timedelta(days=9)).date().isoformat()
        assert mark["at"] == min(day for day in shown if day > happened)  # the first reading that knows of it
        assert re.search(rf'<li value="{mark["label"]}">', text)
    assert 'aria-live="polite"' in text
    assert 'tabindex="0" aria-roledescription="picture"' in text


CIRCLES = Picture(
    tuple(Node(pk, name, part, 4) for pk, name, part in ((1, "Fay", 0), (2, "Gil", 0), (3, "Gil", 0), (4, "Hana", 1),
                                                         (5, "Ira", 1), (6, "Jun", 1))),
    ((1, 2, 3), (2, 3, 7), (3, 4, 1), (4, 5, 2)),
)  # fmt: skip


def test_a_network_has_its_pairs_behind_it_and_keeps_namesakes_apart(community):
    data = network_chart(CIRCLES, named=True)
    assert data["table"]["rows"] == [["Gil", "Gil", 7], ["Fay", "Gil", 3], ["Hana", "Ira", 2], ["Gil", "Hana", 1]]
    assert [one["id"] for one in data["nodes"]] == ["0", "1", "2", "3", "4", "5"]
    assert {"source": "1", "target": "2", "value": 7} in data["links"]
    assert len(data["links_to"]) == 6


def test_who_may_not_see_people_sees_circles_without_names(community):
    data = network_chart(CIRCLES, named=False)
    assert data["table"]["rows"] == [["Circle 1", 3, 10], ["Circle 2", 3, 2]]
    assert not {"Fay", "Gil", "Hana", "Ira", "Jun"} & {one["name"] for one in data["nodes"]}
    assert all(one["unnamed"] for one in data["nodes"])
    assert data["links_to"] == []


def test_four_are_too_few_for_a_picture():
    few = Picture(CIRCLES.nodes[:4], CIRCLES.edges[:3])
    assert network_chart(few, named=True) is None
    assert network_chart(None, named=True) is None


def test_pages_show_the_network_by_what_the_reader_may_see(ada, chen, bo, cardiology, community, client_of):
    ties = [[chen.member.pk, bo.member.pk, 5]]
    GroupPortrait.objects.create(group=cardiology, measured_at=now(), ties=ties)
    page = link("console:group", cardiology.pk)
    assert "Fewer than five members have answered" in client_of(ada).get(page).content.decode()
    others = [newcomer(community, name, kind="professional").member.pk for name in ("Fay", "Gil", "Hana")]
    ties += [[chen.member.pk, other, 2] for other in others]
    GroupPortrait.objects.update(ties=ties)
    names = {one["name"] for one in data_of(client_of(ada).get(page).content.decode(), "network")["nodes"]}
    assert {"Fay", "Gil", "Hana"} < names


@pytest.fixture
def pulse(cardiology):
    """``pulse(risk, **more)``: the stored reading of a group of its own."""

    def stored(risk, *, energy=None, stage="growth", messages=56):
        name = {"en": f"Group {Group.objects.count()}"}
        group = Group.objects.create(space=cardiology.space, place=cardiology.place, key=name["en"], name=name)
        GroupPulse.objects.create(
            group=group, measured_at=now(), stage=stage, heat=4, since=now(), risk=risk, messages_28d=messages,
            reading={"members": 12, "energy": energy},
        )  # fmt: skip
        return group

    return stored


def test_the_map_draws_those_most_at_risk_and_counts_the_rest(pulse, django_assert_num_queries):
    told = {"level": 3.25, "remains": {"value": 2.5}, "dependence": {"value": 0.25}}
    low, high, middle = pulse(0.01), pulse(0.5, energy=told, stage="declining"), pulse(0.2)
    pulse(None)
    with django_assert_num_queries(3):
        points, placed, every = map_of_groups(2)
    assert ([one.group_id for one in points], placed, every) == ([high.pk, middle.pk], 3, 4)
    data = map_chart(points)
    assert [row[1:] for row in data["table"]["rows"]] == [[3.2, 50, 12, 2.5, 25], [2.0, 20, 12, None, None]]
    assert data["levels"] == [2, 4]
    assert data["links_to"] == [link("console:group", high.pk), link("console:group", middle.pk)]
    assert low.pk not in {one.group_id for one in points}
    assert map_chart([]) is None
