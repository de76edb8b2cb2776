"""What every template may use without asking: the reader's choices about the look."""

from typing import Any

from django.http import HttpRequest

from hearth.ui.preferences import preferences_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """`ui.theme`, `ui.density`, `ui.nav`. The frame itself comes from `hearth.ui.registry`, asked by the layout."""
    return {"ui": preferences_of(request)}
