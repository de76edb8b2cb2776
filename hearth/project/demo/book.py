"""What the loader remembers while it writes: plan keys to rows."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hearth.core.models import Community
from hearth.project.demo.shapes import DemoPerson, DemoPlan, Words

if TYPE_CHECKING:
    from hearth.groups.models import Group, Norms
    from hearth.people.models import Identity, Member


@dataclass(slots=True)
class Book:
    """Keys of the plan on the left, rows of the database on the right."""

    plan: DemoPlan
    community: Community
    people: dict[str, DemoPerson] = field(default_factory=dict)
    members: "dict[str, Member]" = field(default_factory=dict)
    identities: "dict[str, Identity]" = field(default_factory=dict)
    groups: "dict[str, Group]" = field(default_factory=dict)
    rooms: dict[str, int] = field(default_factory=dict)
    norms: "dict[str, Norms]" = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    written: dict[str, tuple[str, str]] = field(default_factory=dict)  # message → author, group

    def ref(self, person: str | None) -> str:
        """A person as facts and audit name them."""
        return f"member:{self.members[person].pk}" if person else "house"

    def name_in(self, person: str, group: str) -> str:
        """How somebody is called in a group: by the real name among professionals."""
        member = self.members[person]
        real = self.groups[group].space == "professional" and member.real_name
        return member.real_name if real else member.display_name


def words(text: Words | None) -> dict[str, str]:
    """An operator text as the database keeps it."""
    return {} if text is None else {"en": text.en, "zh-hans": text.zh_hans, "zh-hant": text.zh_hant}
