"""What the cast is remembered to have written is what the services would write."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction

from hearth.core.models import Community, User
from hearth.core.tenancy import community_scope
from hearth.groups.services import found_community
from tests.cast import Castaway, newcomer
from tests.remembered import BEGINNING, NUMBERS_FROM_ONE, Chapter, Story

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on PostgreSQL the services do everything"),
]


@pytest.fixture(autouse=True)
def _first_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known yet, and what is told here is forgotten afterwards."""
    monkeypatch.setattr(BEGINNING, "next", {})


class Telling:
    """One test's worth of story, undone at its end; counts how often the services were asked."""

    asked = 0

    def founded(self) -> Community:
        self.asked += 1
        return found_community("hill", "Hill", "en", "UTC")

    def joined(self, community: Community) -> Castaway:
        self.asked += 1
        with community_scope(community):
            return newcomer(community, "Bo", kind="professional", real_name="Bo Zhang")

    def run(self, between: str = "") -> tuple[dict[str, Any], Castaway, Community]:
        story = Story(follows=True)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(NUMBERS_FROM_ONE)
            with connection.execute_wrapper(story.hear), connection.cursor() as cursor:
                community = story.tell(self.founded, {})
                if between:
                    cursor.execute(between)
                bo = story.tell(self.joined, {"community": community})
            rows = all_rows()
            transaction.set_rollback(True)
        return rows, bo, community


def all_rows() -> dict[str, Any]:
    with connection.cursor() as cursor:
        found = {}
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            found[model._meta.db_table] = sorted(cursor.fetchall(), key=repr)
        return found


def test_the_second_telling_leaves_the_same_rows_and_asks_nobody():
    telling = Telling()
    first, second = telling.run(), telling.run()
    assert telling.asked == 2
    assert len(first[0]["core_user"]) == 1
    assert first[0] == second[0]


def test_what_is_given_out_again_is_new_and_belongs_together():
    telling = Telling()
    (_, bo, _), (_, again, community) = telling.run(), telling.run()
    assert (again.user, again.member.real_name) == (bo.user, "Bo Zhang")
    assert again.user is not bo.user
    assert again.community is community


def test_after_somebody_elses_word_the_services_are_asked():
    telling = Telling()
    telling.run(), telling.run()
    rows = telling.run(between="UPDATE core_community SET time_zone = 'Asia/Shanghai'")[0]
    assert telling.asked == 3
    assert len(rows["core_user"]) == 1


def test_a_story_is_not_told_from_memory_for_long():
    telling = Telling()
    telling.run()
    BEGINNING.next["founded"].at -= 301
    telling.run()
    assert telling.asked == 4, "what follows a new beginning is new as well"


@pytest.mark.parametrize(
    ("happened", "asked", "fresh"),
    [
        ("12:01:00", "12:05:59", True),
        ("12:01:00", "12:06:00", False),
        ("12:28:00", "12:29:59", True),
        ("12:29:59", "12:30:00", False),  # midnight somewhere
        ("12:01:00", "12:00:59", False),  # made by a test that looks ahead
    ],
)
def test_what_happened_is_told_again_for_minutes_and_never_on_another_day(happened: str, asked: str, fresh: bool):
    def at(clock: str) -> datetime:
        return datetime.fromisoformat(f"2026-03-01T{clock}+00:00")

    with time_machine.travel(at(asked), tick=False):
        assert Chapter(at=at(happened).timestamp()).fresh() is fresh


@pytest.fixture
def writing(story: Story) -> tuple[Chapter | None, Chapter | None]:
    """Where the story stands before and after somebody else writes."""
    before = story.last
    User.objects.create(email="stranger@example.org", password="!")
    return before, story.last


def test_the_cast_enters_in_one_order_and_before_whatever_else_is_made(
    writing: tuple[Chapter | None, Chapter | None], dara: Castaway, bo: Castaway, community: Community
):
    before, after = writing
    assert before is not None
    assert (bo.user.pk, dara.user.pk) == (1, 2)
    assert after is None


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_writes_is_gone_in_the_next(turn: int, dara: Castaway):
    assert list(User.objects.values_list("pk", "email")) == [(1, "dara@stlucas.example")]
    User.objects.create(email="stranger@example.org", password="!")
    User.objects.filter(pk=dara.user.pk).update(email=f"{turn}@example.org")


def test_a_story_that_does_not_begin_in_an_empty_house_is_not_followed(request: pytest.FixtureRequest):
    User.objects.create(email="first@example.org", password="!")
    assert request.getfixturevalue("story").last is None


def test_the_first_story_follows(story: Story):
    assert isinstance(story.last, Chapter)
