"""What the cell of a table or the member of a JSON object says: text, a name, names, yes or no."""

import re
from typing import Any

from hearth.carriers.rules.names import without_packing

_SPLIT = re.compile(r"[,;，；、\n]+")
_YES = frozenset(("1", "true", "yes", "y", "t", "bot", "是", "√"))


def member(item: dict[str, Any], path: str) -> Any:
    """``item["user.name"]``, or the name of the user inside it. None when there is none."""
    if path in item:
        return item[path]
    outer, dot, inner = path.partition(".")
    nested = item.get(outer)
    return nested.get(inner) if dot and isinstance(nested, dict) else None


def as_text(value: Any) -> str:
    """Text of a value. A list of runs (as Telegram writes formatted text) is joined."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return "".join(as_text(run.get("text", "") if isinstance(run, dict) else run) for run in value[:10_000])
    if isinstance(value, dict):
        return as_text(value.get("text") or value.get("name") or "") if not isinstance(value.get("text"), dict) else ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_name(value: Any) -> str:
    """An identity: a text, a number, or an object with an id or a name."""
    if isinstance(value, dict):
        return next((as_text(value[key]).strip() for key in ("id", "username", "name", "title") if value.get(key)), "")
    return as_text(value).strip()


def as_names(value: Any) -> tuple[str, ...]:
    """Several of them: a list, or a text with separators. A leading @ is taken away."""
    if not value:
        return ()
    parts = [as_name(item) for item in value] if isinstance(value, list) else _SPLIT.split(as_name(value))
    return tuple(part.strip().lstrip("@") for part in parts if part.strip().lstrip("@"))


def as_flag(value: Any) -> bool:
    """Yes or no."""
    return value is True or as_text(value).strip().lower() in _YES


def as_channel(file_name: str) -> str:
    """The channel a file stands for when no column names one: its name without folders and endings."""
    base = without_packing(file_name.rsplit("/", 1)[-1])
    return base.rsplit(".", 1)[0] or base
