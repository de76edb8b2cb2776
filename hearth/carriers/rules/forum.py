"""What exports of forums share: values of any type read as what they should be, and a topic's first message."""

from collections.abc import Iterable
from typing import Any

from hearth.carriers.registry import Reading
from hearth.carriers.rules.times import TimeProblemError, parse_time
from hearth.carriers.types import Rejected


def text_of(value: Any) -> str:
    """A text; a number as text; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63 else ""


def mapping_of(value: Any) -> dict[str, Any]:
    """An object; {} for anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of a GraphQL connection (``{"nodes": […]}``, ``{"edges": [{"node": …}]}``)."""
    if isinstance(value, dict):
        nodes = value.get("nodes")
        edges = value.get("edges")
        value = nodes if isinstance(nodes, list) else [mapping_of(it).get("node") for it in _listed(edges)]
    return [item for item in _listed(value) if isinstance(item, dict)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def moment_of(reading: Reading, value: Any) -> int | Rejected:
    """Milliseconds, or the rejection that says why there are none."""
    try:
        return parse_time(value)
    except TimeProblemError as problem:
        return reading.reject(problem.code, **({} if problem.code == "no_time" else {"value": value}))


def time_or_none(value: Any) -> int | None:
    """Milliseconds; None where there is no time or none that can be read."""
    try:
        return parse_time(value)
    except TimeProblemError:
        return None


def edited_after(value: Any, at_ms: int) -> int | None:
    """A time of change that is one: later than ``at_ms`` by more than a second."""
    changed = time_or_none(value)
    return changed if changed is not None and changed > at_ms + 1000 else None


def opening(title: str, body: str, tags: Iterable[str] = ()) -> str:
    """The first message of a topic: its title in bold, what was said, its tags as words with #."""
    marks = " ".join("#" + "-".join(tag.split()) for tag in tags if tag.strip())
    heading = f"**{' '.join(title.split())}**" if title.strip() else ""
    return "\n\n".join(part for part in (heading, body.strip(), marks) if part)
