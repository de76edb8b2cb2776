"""What a reader chose about the look: theme, density, width of the navigation; in cookies, read by the server."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

THEMES: Final = ("auto", "hearth", "hearth-dark", "hearth-contrast")
DENSITIES: Final = ("comfortable", "compact")
NAV_WIDTHS: Final = ("wide", "narrow")
CHOICES: Final[dict[str, tuple[str, ...]]] = {"theme": THEMES, "density": DENSITIES, "nav": NAV_WIDTHS}
COOKIE_PREFIX: Final = "hearth_"
COOKIE_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """The reader's choices, each one of a closed list."""

    theme: str = "auto"
    density: str = "comfortable"
    nav: str = "wide"


def preferences_of(request: HttpRequest | None) -> Preferences:
    """Read the cookies; anything unknown counts as not chosen."""
    if request is None:
        return Preferences()
    chosen = {name: request.COOKIES.get(COOKIE_PREFIX + name, "") for name in CHOICES}
    return Preferences(**{name: value for name, value in chosen.items() if value in CHOICES[name]})
