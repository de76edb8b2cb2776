"""What others may plug into talk: checks before a post is accepted, and formats of archives stay with carriers."""

from collections.abc import Callable
from dataclasses import dataclass

from hearth.core.errors import Refusal
from hearth.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Draft:
    """A message on its way in, as checks see it. No I/O: everything a check may need is here."""

    community_id: int
    room_id: int
    group_id: int | None
    author_id: int
    text: str
    roles: frozenset[str]
    origin: str


BeforePost = Callable[[Draft], Refusal | None]
# Pure, synchronous, quick (microseconds): they run on the live path. Slow checks follow as reactions to the fact.
before_post: Registry[BeforePost] = Registry("check before a post")
