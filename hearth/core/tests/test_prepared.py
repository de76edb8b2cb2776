"""Prepared queries: asked with other values, they say what the ORM would say."""

from datetime import datetime, timedelta

import pytest

from hearth.core.models import Fact
from hearth.core.prepared import Prepared
from hearth.core.tenancy import UnscopedQuery, community_scope, entered
from hearth.kit.clock import now

pytestmark = pytest.mark.django_db

SINCE = Prepared(
    lambda moment, cause: (
        Fact.objects.filter(recorded_at__gte=moment)
        .exclude(cause_id=cause)
        .order_by("pk")
        .values_list("name", "recorded_at", "historical", "data")
    ),
    datetime,
    int,
)


def told(name: str, at: datetime) -> Fact:
    return Fact.objects.create(name=name, subject="x", occurred_at=at, recorded_at=at, data={"a": [1]})


def test_it_answers_with_the_values_and_types_of_the_orm(community):
    start = now()
    told("first", start)
    told("second", start + timedelta(seconds=5))
    asked = [tuple(row) for row in SINCE.rows(start, 0)]
    since = Fact.objects.filter(recorded_at__gte=start).order_by("pk")
    assert asked == list(since.values_list("name", "recorded_at", "historical", "data"))
    assert asked[0] == ("first", start, False, {"a": [1]})
    assert [row[0] for row in SINCE.rows(start + timedelta(seconds=1), 0)] == ["second"]
    assert SINCE.first(start + timedelta(seconds=6), 0) is None


def test_each_question_is_asked_in_the_community_in_scope(community, other_community):
    start = now()
    told("here", start)
    with community_scope(other_community):
        assert SINCE.rows(start, 0) == []
        told("there", start)
        assert [row[0] for row in SINCE.rows(start, 0)] == ["there"]
    assert [row[0] for row in SINCE.rows(start, 0)] == ["here"]


def test_outside_a_community_it_is_refused(community):
    with entered(None), pytest.raises(UnscopedQuery):
        SINCE.rows(now(), 0)


def test_a_missing_value_equals_nothing(community):
    told("here", now())
    by_cause = Prepared(lambda cause: Fact.objects.filter(cause_id=cause).values_list("name"), int)
    assert by_cause.rows(None) == []


def test_a_value_that_the_query_does_not_ask_for_is_an_error(community):
    with pytest.raises(TypeError, match="value 0"):
        Prepared(lambda _unused: Fact.objects.values_list("pk"), int).rows(1)


def test_it_is_one_query(community, django_assert_num_queries):
    with django_assert_num_queries(1):
        SINCE.rows(now(), 0)
