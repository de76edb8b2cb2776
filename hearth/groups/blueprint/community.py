"""The community itself and its charter."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from hearth.core.errors import Refusal
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.sections import section
from hearth.core.tenancy import current_community_id
from hearth.groups.blueprint import words as part_words
from hearth.groups.queries.charter import charter_of
from hearth.groups.registry import CHANGE_CHARTER
from hearth.groups.services import change_charter, change_community
from hearth.groups.services.communities import CHARTER_TEXTS
from hearth.groups.services.texts import known_zone
from hearth.kit.described import Change, Key, Language, Objects, Part, Shape, words


def _zone(name: str) -> str:
    try:
        return known_zone(name)
    except Refusal:
        raise PydanticCustomError("zone", "zone") from None


Zone = Annotated[str, Field(max_length=50), AfterValidator(_zone)]


class CommunityPart(Part):
    """The community: its short name, and how it calls itself."""

    language: Language = Field("en", description="Its language; a text that is one string is written in it.")
    key: Key = Field(description="The short name in addresses. It says which community is meant and never changes.")
    name: words(80, one=True, needed=True) = Field({}, description="What it is called.")  # type: ignore[valid-type]
    time_zone: Zone = Field("UTC", description="Its clock, such as Asia/Shanghai.")


class CharterPart(Part):
    """What the community is for."""

    purpose: words(2000) = Field({}, description="What it is for, in words that members read.")  # type: ignore[valid-type]
    private_purpose: words(2000) = Field({}, description="What it is for to you; only staff read it.")  # type: ignore[valid-type]
    type: Literal["auxiliary", "commercial"] = Field(
        "auxiliary", description="`auxiliary` serves a main business at one link, `commercial` is the business."
    )
    serves_link: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)] = Field(
        "", description="Which link of the business it serves."
    )
    audience: words(2000) = Field({}, description="Whom it is for.")  # type: ignore[valid-type]
    values: words(2000) = Field({}, description="What holds it together.")  # type: ignore[valid-type]
    goals: words(2000) = Field({}, description="What should be true in a year.")  # type: ignore[valid-type]


def _read_community() -> Objects:
    row = Community.objects.get(pk=current_community_id())
    return {"": {"key": row.key, "name": row.name, "language": row.language, "time_zone": row.time_zone}}


def _write_community(actor: Actor, change: Change) -> None:
    change_community(actor, **change.after)


def _read_charter() -> Objects:
    charter = charter_of()
    return {"": {field: getattr(charter, field) for field in (*CHARTER_TEXTS, "type", "serves_link")}}


def _write_charter(actor: Actor, change: Change) -> None:
    change_charter(actor, **change.after)


section(
    Shape("community", lambda: CommunityPart, lasting=frozenset({"name"})),
    title="Community",
    help="Which community is meant, and how it calls itself. Applying a blueprint founds one that is not there.",
    permission=CHANGE_CHARTER.key,
    read=_read_community,
    write=_write_community,
    words=part_words.community,
)
section(
    Shape("charter", lambda: CharterPart, after=("community",)),
    title="Charter",
    help="Purpose, audience, values and goals.",
    permission=CHANGE_CHARTER.key,
    read=_read_charter,
    write=_write_charter,
    words=part_words.charter,
)
