"""The value lines of the demo: written as the past that they have, and judged as of now."""

import tomllib
from datetime import timedelta
from importlib.resources import files
from typing import Any

from hearth.groups.models import AnsweredIn, Deed, RoleAssignment, ValueAnswer
from hearth.groups.services import judge_rhythms
from hearth.kit.clock import now
from hearth.project.demo.book import Book

BEFORE = 8  # weeks of deeds to look back on


def load(book: Book) -> None:
    """What is promised in which group, with its deeds."""
    told = tomllib.loads(files(__package__).joinpath("value_lines.toml").read_text(encoding="utf-8"))
    held = RoleAssignment.objects.filter(group__isnull=False, until=None).order_by("-role")
    keepers = dict(held.values_list("group_id", "member_id"))  # the assistant before the keeper before the owner
    for key, one in told.items():
        answer = ValueAnswer.objects.create(
            key=key,
            name=_texts(one["name"]),
            force=one["force"],
            service=_texts(one["service"]),
            gets={party: _texts(text) for party, text in one["gets"].items()},
            metric=one.get("metric", ""),
            bound="at_least" if "metric" in one else "",
            value=one.get("at_least"),
            every_days=one.get("every_days"),
            counts_from=book.plan.community.founded_at,
        )
        for group, days in one.get("done", {}).items():
            where = book.groups[group]
            AnsweredIn.objects.create(answer=answer, group=where)
            _deeds(answer, where.pk, keepers.get(where.pk), days)
    judge_rhythms(now())


def _deeds(answer: ValueAnswer, group: int, keeper: int | None, days: int) -> None:
    every = answer.every_days or 1
    Deed.objects.bulk_create(
        Deed(answer=answer, group_id=group, member_id=keeper, at=now() - timedelta(days=ago), by=f"member:{keeper}")
        for ago in range(days + BEFORE * every, days - 1, -every)
    )


def _texts(told: dict[str, Any]) -> dict[str, str]:
    return {"en": told["en"], "zh-hans": told["zh_hans"], "zh-hant": told["zh_hant"]}
