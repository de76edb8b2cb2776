"""The marks of chat programs that mean something else in Markdown: ``*bold*`` and ``~struck~`` (Slack, WhatsApp)."""

import re

_BOLD = re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])")
_STRIKE = re.compile(r"(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)


def marked(text: str) -> str:
    """Text without code, its single marks doubled."""
    if "*" in text:
        text = _BOLD.sub(r"**\1**", text)
    return _STRIKE.sub(r"~~\1~~", text) if "~" in text else text


def fenced(code: str) -> str:
    """A fence of Markdown stands on lines of its own."""
    if not code.startswith("```") or len(code) < 6:
        return code
    return "```\n" + code[3:-3].strip("\n") + "\n```"
