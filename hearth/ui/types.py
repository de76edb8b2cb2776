"""What shells hand to the layouts: links, navigation entries and the frame's facts. All immutable."""

from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
"""A plain string or a lazy translation."""


@dataclass(frozen=True, slots=True)
class Link:
    """A named place; `current` marks the one the reader is at."""

    label: Text
    url: str
    current: bool = False
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a shell's navigation. `badge` counts what waits; `hot` paints it in ember."""

    key: str
    url: str
    label: Text
    icon: str
    badge: int = 0
    hot: bool = False
    section: Text = ""


@dataclass(frozen=True, slots=True)
class Persona:
    """Whom the reader acts as. With `leave_url` a bar says so and offers the way back (POST)."""

    label: Text
    icon: str = "circle-user"
    leave_url: str = ""
    switches: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame's facts, filled by the portal or the console (see `hearth.ui.registry.provides_frame`).

    `scripts` are static files loaded as modules on every page of the frame, `sheets` its own style sheets.
    """

    nav: tuple[NavItem, ...] = ()
    active: str = ""
    community: Link | None = None
    communities: tuple[Link, ...] = ()
    person_name: str = ""
    person_id: str = ""
    person_url: str = ""
    persona: Persona | None = None
    palette_url: str = ""
    live_url: str = ""
    sign_in_url: str = ""
    sign_out_url: str = ""
    menu: tuple[Link, ...] = field(default_factory=tuple)
    manifest_url: str = ""
    scripts: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Temperature:
    """How a stage of life is shown: a word, an icon and a step of the heat scale (0 cold ... 6 warm, -1 outside it)."""

    word: Text
    icon: str
    level: int

    @property
    def css(self) -> str:
        """The class that sets the colour."""
        return f"heat-{self.level}" if self.level >= 0 else "heat-none"


TEMPERATURES: Final[dict[str, Temperature]] = {
    "inception": Temperature(_("Kindling"), "flame-kindling", 3),
    "growth": Temperature(_("Catching"), "trending-up", 4),
    "maturity": Temperature(_("Burning"), "flame", 5),
    "ready_to_split": Temperature(_("Ready to split"), "split", 6),
    "declining": Temperature(_("Cooling"), "thermometer-snowflake", 2),
    "dormant": Temperature(_("Embers"), "moon", 1),
    "dead": Temperature(_("Cold"), "snowflake", 0),
    "completed": Temperature(_("Completed"), "flag", -1),
}
UNKNOWN_TEMPERATURE: Final = Temperature(_("Not measured yet"), "circle-help", -1)


def temperature(stage: str) -> Temperature:
    """The look of a stage of life; an unknown stage reads as not measured."""
    return TEMPERATURES.get(str(stage), UNKNOWN_TEMPERATURE)
