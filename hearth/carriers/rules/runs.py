"""Formatted text as Telegram stores it, a list of runs with a type each, as Markdown."""

import re
from collections.abc import Callable
from typing import Any

_MOST = 10_000  # runs of one message
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)


def _wrapped(mark: str) -> Callable[[str], str]:
    def wrap(text: str) -> str:
        """Marks stand next to a letter, or they are no marks."""
        found = _EDGES.fullmatch(text)
        return f"{found[1]}{mark}{found[2]}{mark}{found[3]}" if found and found[2] else text

    return wrap


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


_FORMS: dict[str, Callable[[str], str]] = {
    "bold": _wrapped("**"),
    "italic": _wrapped("*"),
    "strikethrough": _wrapped("~~"),
    "code": _wrapped("`"),
    "pre": lambda text: f"```\n{text}\n```",
    "blockquote": _quote,
}


def markdown(runs: Any, mentions: dict[str, None]) -> str:
    """Runs, or a plain text, as Markdown. Whoever is addressed is added to ``mentions``: ``user17`` where the run has
    an id, else the name.
    """
    if isinstance(runs, str):
        return runs
    if not isinstance(runs, list):
        return ""
    return "".join(_run(run, mentions) for run in runs[:_MOST])


def _run(run: Any, mentions: dict[str, None]) -> str:
    if isinstance(run, str):
        return run
    text = run.get("text") if isinstance(run, dict) else None
    if not isinstance(text, str):
        return ""
    kind, href = run.get("type"), run.get("href")
    if kind == "mention_name" and isinstance(run.get("user_id"), int):
        mentions[f"user{run['user_id']}"] = None
    elif kind == "mention":
        mentions[text.lstrip("@")] = None
    if kind == "text_link" and isinstance(href, str) and href:
        return f"[{text}]({href.replace(')', '%29')})"
    form = _FORMS.get(kind) if isinstance(kind, str) else None
    return form(text) if form and text else text
