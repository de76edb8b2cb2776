"""Why members come, what answers it, and how it is seen."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from hearth.core.metrics import metrics
from hearth.core.permissions import Actor
from hearth.core.sections import section
from hearth.groups.blueprint import words as part_words
from hearth.groups.models import Group, ValueAnswer
from hearth.groups.queries.value_lines import answers, lost_with
from hearth.groups.registry import SET_VALUE_LINES
from hearth.groups.rules.value_lines import LEAST_DAYS, MOST_DAYS
from hearth.groups.services.value_lines import remove_answer, set_answer
from hearth.groups.types import KeptBy
from hearth.kit.described import Change, Fields, Key, Name, Objects, Part, Shape, Whole, of_these, words

_Text = words(300)


def _computed(name: str) -> str:
    """A metric that is computed for groups."""
    return of_these(name, {one.name for one in metrics if not one.waits and "group" in one.grains}, "metric")


class KeptByPart(Part):
    """What shows that it is done: a metric's bound, or a rhythm in which somebody says “done”."""

    metric: Annotated[Name, AfterValidator(_computed)] | None = Field(
        None, description="The name of a metric that is computed for groups."
    )
    at_least: Annotated[float, Field(ge=0)] | None = Field(
        None, description="The metric is not below; a share from 0 to 1."
    )
    at_most: Annotated[float, Field(ge=0)] | None = Field(
        None, description="The metric is not above; a share from 0 to 1."
    )
    every_days: Annotated[Whole, Field(ge=LEAST_DAYS, le=MOST_DAYS)] | None = Field(
        None,
        description="Instead of a metric: every how many days it is done; who tends the group says so.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        by_metric = self.metric is not None and len(bounds) == 1 and self.every_days is None
        by_deed = self.metric is None and not bounds and self.every_days is not None
        if not by_metric and not by_deed:
            raise PydanticCustomError(
                "said", "Say one of two: `metric` with `at_least` or `at_most`, or `every_days` alone."
            )
        return self


class GetsPart(Part):
    """What each party gets from it; a party without a line gets nothing, and will neglect it."""

    member: _Text = Field({}, description="What members get.")  # type: ignore[valid-type]
    keeper: _Text = Field({}, description="What those who tend the group get.")  # type: ignore[valid-type]
    operator: _Text = Field({}, description="What those who run the community get.")  # type: ignore[valid-type]
    company: _Text = Field({}, description="What the organisation behind it gets.")  # type: ignore[valid-type]


def _told_alone(part: Any) -> Any:
    """The same with nothing but what says something, as it is read back."""
    told = {name: value for name in part.model_fields_set if (value := getattr(part, name)) not in (None, {})}
    return type(part).model_construct(set(told), **told)


def _each_once(keys: list[str]) -> list[str]:
    return sorted(set(keys))


class AnswerPart(Part):
    """What answers one reason why members come."""

    name: words(80, one=True, needed=True) = Field({}, description="What is promised, in a few words.")  # type: ignore[valid-type]
    force: Literal["benefit", "social", "official", "knowledge", "development", "emotion"] | None = Field(
        None,
        description="Why members come: `benefit`, `social` (company of others), `official` service, `knowledge`, "
        "`development` (a say in the thing itself) or `emotion`.",
    )
    groups: Annotated[list[Key], AfterValidator(_each_once), Field(max_length=1000)] = Field(
        [], description="The keys of the groups where it is given; none: in every group."
    )
    service: words(300, needed=True) = Field({}, description="What is done, by whom.")  # type: ignore[valid-type]
    kept_by: Annotated[KeptByPart, AfterValidator(_told_alone)] | None = Field(
        None, description="What shows that it is done."
    )
    gets: Annotated[GetsPart, AfterValidator(_told_alone)] | None = Field(
        None, description="What each party gets from it."
    )


def read() -> Objects:
    """Every answer by its key; one that names closed groups alone describes nothing that stands."""
    named = set(ValueAnswer.objects.filter(places__isnull=False).values_list("pk", flat=True))
    return {row.key: _told(row) for row in answers() if row.pk not in named or row.places.all()}


def _told(row: ValueAnswer) -> Fields:
    proof = {"metric": row.metric, row.bound: row.value} if row.metric else {"every_days": row.every_days}
    return {
        "name": row.name,
        "force": row.force,
        "groups": [place.group.key for place in row.places.all()],
        "service": row.service,
        "kept_by": proof,
        "gets": row.gets or None,
    }


def _write(actor: Actor, change: Change) -> None:
    if change.kind == "remove":
        remove_answer(actor, change.key)
        return
    fields = {**change.after}
    if "groups" in fields:
        fields["groups"] = list(Group.objects.filter(key__in=fields["groups"]))
    if "kept_by" in fields:
        fields["kept_by"] = _proof(fields["kept_by"] or {})
    if "gets" in fields:
        fields["gets"] = fields["gets"] or {}
    set_answer(actor, change.key, **fields)


def _proof(told: Fields) -> KeptBy:
    bound = "at_most" if "at_most" in told else "at_least"
    return KeptBy(told.get("metric", ""), bound, told.get(bound), told.get("every_days"))


def _consequences(changes: Sequence[Change]) -> list[list[str]]:
    lost = lost_with([change.key for change in changes if change.kind == "remove"])
    return [[lost[change.key]] if change.kind == "remove" and change.key in lost else [] for change in changes]


section(
    Shape(
        "value_lines",
        lambda: AnswerPart,
        keyed=True,
        after=("groups", "duties"),
        refers={"groups": "groups"},
        needed=("name", "force", "service", "kept_by"),
        lasting=frozenset({"name", "force", "service", "kept_by"}),
    ),
    title="Value lines",
    help="Why members come, what answers it in which groups, how that is seen, and what each party gets.",
    permission=SET_VALUE_LINES.key,
    read=read,
    write=_write,
    words=part_words.value_lines,
    consequences=_consequences,
)
