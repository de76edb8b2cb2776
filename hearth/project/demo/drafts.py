"""A message while the plan is being made: it points at what it answers, and has no key yet."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hearth.project.demo.shapes import MENTION

Part = Literal[
    "opening",
    "answer",
    "clarification",
    "reply",
    "objection",
    "rejoinder",
    "thanks",
    "followup",
    "chime",
    "intro",
    "welcome",
    "ritual",
    "advert",
    "story",
    "norms",
]
LINK = re.compile(r"https?://\S+")
ASKS_EN = re.compile(r"^(who|what|how|which|where|when|can|could|does|do|is|are|has|any\w*)\b", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Draft:
    """One message of the plan in making."""

    group: str
    author: str
    at: datetime
    text: str
    language: str
    part: Part
    reply_to: "Draft | None" = None
    opener: "Draft | None" = None
    origin: str = "organic"
    key: str = ""

    @property
    def mentions(self) -> tuple[str, ...]:
        """Keys of the persons mentioned, in order, each once."""
        return tuple(dict.fromkeys(MENTION.findall(self.text)))

    @property
    def person_group(self) -> tuple[str, str]:
        """Who spoke where."""
        return self.author, self.group

    @property
    def is_question(self) -> bool:
        """Whether the text asks something, links left out."""
        plain = LINK.sub("", self.text)
        return "?" in plain or "？" in plain or bool(ASKS_EN.match(plain))
