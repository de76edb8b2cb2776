"""Members of a list stand in a row with the marks of the reader's language."""

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

from hearth.core.errors import Refusal
from hearth.core.lists import listed, worded


@pytest.mark.parametrize(
    ("language", "row", "nested"),
    [("en", "Basel, Bern", "gold, silver; bronze"), ("zh-hans", "Basel、Bern", "gold、silver；bronze")],
)
def test_the_comma_is_that_of_the_language(language, row, nested):
    with override(language):
        assert listed(["Basel", "Bern"]) == row
        assert listed([["gold", "silver"], ["bronze"]]) == nested
        assert Template("{{ cities|listed }}").render(Context({"cities": ["Basel", "Bern"]})) == row
        assert str(Refusal("%(what)s!", what=["Basel", "Bern"])) == f"{row}!"


@pytest.mark.parametrize(
    ("language", "zone", "until", "day"),
    [
        ("en", "UTC", "Nov 30, 2026, 23:51", "Nov 30, 2026"),
        ("en", "Asia/Shanghai", "Dec 1, 2026, 07:51", "Dec 1, 2026"),
        ("zh-hans", "Asia/Shanghai", "2026年12月1日 07:51", "2026年12月1日"),
    ],
)
def test_days_and_moments_are_told_in_the_readers_language_and_clock(language, zone, until, day):
    told = {"until": "2026-11-30T23:51:00+00:00", "day": "2026-11-30T23:51:00+00:00", "why": "2026-11-30"}
    with override(language), timezone.override(zone):
        assert worded(told) == {"until": until, "day": day, "why": "2026-11-30"}


def test_a_day_is_the_same_by_every_clock_and_anything_else_stays_as_it_is():
    with override("en"), timezone.override("America/Los_Angeles"):
        assert worded({"day": "2026-11-30"}) == {"day": "Nov 30, 2026"}
        assert worded({"until": "—", "day": "2026-13-30"}) == {"until": "—", "day": "2026-13-30"}
        assert worded({"until": "0001-01-01T00:00:00+00:00"}) == {"until": "0001-01-01T00:00:00+00:00"}


def test_what_somebody_wrote_stays_escaped():
    assert Template("{{ names|listed }}").render(Context({"names": ["<b>", "a"]})) == "&lt;b&gt;, a"
