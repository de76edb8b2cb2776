"""What shells plug in here: who fills the frame (navigation, community, persona) of the portal and of the console."""

from collections.abc import Callable

from django.http import HttpRequest

from hearth.ui.types import Shell

FrameProvider = Callable[[HttpRequest], Shell]
_frames: dict[str, FrameProvider] = {}


def provides_frame(name: str) -> Callable[[FrameProvider], FrameProvider]:
    """Register the function that fills the frame `name` ("portal" or "console"). It is called once per whole page."""

    def keep(provider: FrameProvider) -> FrameProvider:
        _frames[name] = provider
        return provider

    return keep


def frame_of(name: str, request: HttpRequest | None) -> Shell:
    """The frame's facts for this reader; an empty frame when nobody provides one."""
    if request is None or name not in _frames:
        return Shell()
    return _frames[name](request)
