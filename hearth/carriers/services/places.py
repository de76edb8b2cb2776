"""Where an archive's channels and authors land: groups with their rooms, and unclaimed members."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from hearth.carriers.rules.names import short_id
from hearth.carriers.services.report import ImportReport
from hearth.carriers.types import ArchiveAuthor, ArchiveChannel, ArchiveMove
from hearth.conversation.queries.rooms import room_ids_of_groups
from hearth.core.models import Community
from hearth.core.permissions import Actor, house_actor
from hearth.groups.queries import imported_groups
from hearth.groups.services import open_group
from hearth.groups.services.lifecycle import LENGTHS
from hearth.kit.clock import from_ms
from hearth.people.services import import_identities
from hearth.people.types import ImportedIdentity

if TYPE_CHECKING:
    from hearth.groups.models import Group


class Places:
    """Looks channels and authors up once, and makes what is missing before a batch is written."""

    def __init__(self, actor: Actor, source: str, report: ImportReport) -> None:
        self.source, self.report = source, report
        self.community = Community.objects.get(pk=actor.community_id)
        self.house = house_actor(actor.community_id)
        self.groups: dict[str, Group] = {}
        self.rooms: dict[str, int] = {}
        self.identities: dict[str, int] = {}
        self.members: dict[int, int] = {}  # identity → member
        self._channels: dict[str, ArchiveChannel] = {}
        self._authors: dict[str, ArchiveAuthor] = {}
        self._seen: dict[tuple[str, int], int] = {}  # channel and member → the latest sign of them there
        self._left: dict[tuple[str, int], int] = {}  # … → when they left, until they come back

    def announce_channel(self, channel: ArchiveChannel) -> None:
        """The archive told a channel's name."""
        self._channels[channel.id] = channel

    def announce_author(self, author: ArchiveAuthor) -> None:
        """The archive told an author's name."""
        self._authors[author.id] = author

    def knows(self, author: str) -> bool:
        """Whether the archive said who this is."""
        return author in self._authors or author in self.identities

    def saw(self, channel: str, author: str, at_ms: int) -> None:
        """Somebody spoke there."""
        place = channel, self.members[self.identities[author]]
        self._seen[place] = max(at_ms, self._seen.get(place, 0))

    def comes(self, move: ArchiveMove) -> bool:
        """Whether this is their first sign in the channel, or the first since they left."""
        place = move.channel, self.members[self.identities[move.author]]
        left = self._left.get(place)
        fresh = place not in self._seen if left is None else move.at_ms > left
        if fresh:
            self._left.pop(place, None)
        self._seen[place] = max(move.at_ms, self._seen.get(place, 0))
        return fresh

    def goes(self, move: ArchiveMove) -> bool:
        """Whether they left: not when they were seen there later, as sources tell moves in an order of their own."""
        member = self.member_of(move.author)
        place = move.channel, member or 0
        if place in self._left or not 0 < self._seen.get(place, 0) <= move.at_ms:
            return False
        self._left[place] = move.at_ms
        return True

    def seat_of(self, move: ArchiveMove) -> tuple[int, int, datetime]:
        """Group, member and time of a move."""
        return self.groups[move.channel].pk, self.members[self.identities[move.author]], from_ms(move.at_ms)

    def member_of(self, author: str) -> int | None:
        """The member an author is here, once brought."""
        identity = self.identities.get(author)
        return None if identity is None else self.members[identity]

    def ref_of(self, author: str) -> str:
        """An author as facts name them."""
        return f"member:{self.members[self.identities[author]]}"

    def open_groups(self, channels: Collection[str]) -> None:
        """Make sure that the channels' groups exist, each opened in a short transaction of its own."""
        unknown = {channel: short_id(channel, 200) for channel in sorted(channels - self.groups.keys())}
        if not unknown:
            return
        there = imported_groups(self.source, unknown.values())
        for channel, known_as in unknown.items():
            self.groups[channel] = there.get(known_as) or self._open(channel, known_as)
        rooms = room_ids_of_groups([self.groups[channel].pk for channel in unknown])
        self.rooms.update((channel, rooms[self.groups[channel].pk]) for channel in unknown)

    def bring_authors(self, authors: Collection[str]) -> None:
        """Make sure that the authors have identities, in the running transaction."""
        unknown = {author: short_id(author, 120) for author in sorted(authors - self.identities.keys())}
        if not unknown:
            return
        made = import_identities(
            self.community, self.source, [self._identity(author, known_as) for author, known_as in unknown.items()]
        )
        for author, known_as in unknown.items():
            place = made[known_as]
            self.identities[author] = place.identity
            self.members[place.identity] = place.member
        self.report.authors += len(unknown)

    def _identity(self, author: str, known_as: str) -> ImportedIdentity:
        told = self._authors.get(author) or ArchiveAuthor(author, author)
        return ImportedIdentity(external_id=known_as, name=told.name, is_bot=told.is_bot)

    def _open(self, channel: str, known_as: str) -> "Group":
        told = self._channels.get(channel) or ArchiveChannel(channel, channel)
        self.report.groups += 1
        return open_group(
            self.house,
            name=_name(told.name) or _name(channel) or known_as,
            card=told.description[:2000],
            source=self.source,
            external_id=known_as,
        )


def _name(told: str) -> str:
    return " ".join(told.split())[: LENGTHS["name"]].strip()
