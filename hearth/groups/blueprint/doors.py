"""What a group's door asks, as a blueprint tells it: one model for each kind of condition, made from its fields."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    Discriminator,
    Field,
    StrictBool,
    StringConstraints,
    Tag,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from hearth.core.lists import worded
from hearth.groups.registry import gate_kinds
from hearth.groups.rules.gates import (
    MOST_CONDITIONS,
    MOST_STEPS,
    Field as Parameter,
    GateFault,
    GateKind,
    parsed,
    plain,
)
from hearth.kit.described import Part, Whole

MOST_LINES = 100
SEVERAL = "several"
Join = Literal["all", "any"]
_JOIN = Field("all", description="Whether all of the conditions must pass, or any.")


def _tag_of(item: Any) -> str | None:
    """Which model reads an item: that of its kind, or the one of a list of alternatives."""
    if isinstance(item, BaseModel):
        return str(getattr(item, "tag", ""))
    if not isinstance(item, dict):
        return None
    return SEVERAL if "conditions" in item else item.get("kind")


def _said(fault: GateFault) -> PydanticCustomError:
    return PydanticCustomError("said", "{said}", {"said": _(fault.sentence) % worded(fault.params)})


def _kind_part(kind: GateKind) -> type[Part]:
    """The model of one kind of condition."""

    def fits_together(self: Part) -> Part:
        try:
            kind.check(self.model_dump(exclude={"kind"}))
        except GateFault as fault:
            raise _said(fault) from None
        return self

    fields: dict[str, Any] = {one.name: (_type_of(one), _default_of(one)) for one in kind.fields}
    fields["kind"] = (Literal[kind.key], Field(description=kind.title))
    made = create_model(
        f"Door_{kind.key}",
        __base__=Part,
        __validators__={"fits_together": model_validator(mode="after")(fits_together)},  # type: ignore[dict-item]
        **{name: fields[name] for name in ("kind", *(one.name for one in kind.fields))},
    )
    made.tag = kind.key
    return made


def _type_of(one: Parameter) -> Any:
    text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=one.high)]
    if one.kind == "number":
        return Annotated[Whole, Field(ge=one.low, le=one.high)]
    if one.kind == "choice":
        return Literal[tuple(value for value, _words in one.choices)]
    if one.kind == "flag":
        return StrictBool
    if one.kind == "lines":
        return Annotated[list[text], Field(min_length=int(one.required), max_length=MOST_LINES)]  # type: ignore[valid-type]
    return Annotated[text, StringConstraints(min_length=int(one.required))]


def _default_of(one: Parameter) -> Any:
    if one.required:
        return Field(description=one.help or one.title)
    default = [] if one.kind == "lines" and one.default == "" else one.default
    return Field(default, description=one.help or one.title)


def _one_of(parts: Sequence[type[Part]]) -> Any:
    """Any of the models, chosen by its tag."""
    joined: Any = Annotated[parts[0], Tag(parts[0].tag)]
    for part in parts[1:]:
        joined |= Annotated[part, Tag(part.tag)]
    return Annotated[joined, Discriminator(_tag_of)]


def door_steps() -> Any:
    """The type of a door: a list of steps. Made when it is asked for, since modules bring kinds of their own."""
    parts = [_kind_part(kind) for kind in gate_kinds if kind.is_there()]
    inner: Any = list[_one_of(parts)]  # type: ignore[misc]
    alternatives = create_model(
        "Door_several",
        __base__=Part,
        __doc__="Conditions of which all or any must pass, as one of the conditions of a step.",
        join=(Join, _JOIN),
        conditions=(inner, Field(min_length=1, max_length=MOST_CONDITIONS, description="Of which.")),
    )
    alternatives.tag = SEVERAL
    conditions: Any = list[_one_of([*parts, alternatives])]  # type: ignore[misc]
    step = create_model(
        "DoorStep",
        __base__=Part,
        __doc__="What a door asks from a number of members on.",
        start=(Annotated[Whole, Field(ge=0, le=100_000)], Field(0, alias="from", description="From so many members.")),
        join=(Join, _JOIN),
        conditions=(conditions, Field([], max_length=MOST_CONDITIONS, description="What is asked; nothing: open.")),
    )

    def as_kept(steps: list[Any]) -> list[Any]:
        """The steps in their order, every parameter named: exactly as the house keeps them."""
        told = [one.model_dump(by_alias=True) for one in steps]
        try:
            return [step.model_validate(one) for one in plain(parsed(told, dict(gate_kinds.items())))]
        except GateFault as fault:
            raise _said(fault) from None

    return Annotated[list[step], AfterValidator(as_kept), Field(max_length=MOST_STEPS)]  # type: ignore[valid-type]


def door_told(steps: Any) -> list[dict[str, Any]]:
    """Steps as they were kept, each key in its place: PostgreSQL keeps the keys of JSON by their length."""
    return [_in_order(step) for step in steps]


def _in_order(told: dict[str, Any]) -> dict[str, Any]:
    kind = gate_kinds.get(str(told.get("kind", "")))
    names = ["kind", *(one.name for one in kind.fields)] if kind else ["from", "join", "conditions"]
    ordered = {name: told[name] for name in [*names, *told] if name in told}
    if "conditions" in ordered:
        ordered["conditions"] = [_in_order(one) for one in ordered["conditions"]]
    return ordered
