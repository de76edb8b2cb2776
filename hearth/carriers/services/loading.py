"""Brings an archive into a community: in small transactions, from where it stood, each message once.

Every batch writes its authors, messages, reactions and memberships *and* the checkpoint in one transaction; so a killed
import goes on without loss or doubles, and the live room is never kept waiting long.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from hearth.carriers.facts import ArchiveImported
from hearth.carriers.queries import Archive, open_archive
from hearth.carriers.services.places import Places
from hearth.carriers.services.report import ImportReport, RejectionFile
from hearth.carriers.types import (
    ArchiveAuthor,
    ArchiveChannel,
    ArchiveMessage,
    ArchiveMove,
    ArchiveReaction,
    ImportMapping,
    Position,
    Rejected,
)
from hearth.carriers.rules.names import short_id
from hearth.conversation.rules.posting import cleaned
from hearth.conversation.rules.rendering import need_markdown
from hearth.conversation.services.history import ImportedReaction, write_reactions
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.core import audit
from hearth.core.bulk import bulk_writing
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.groups.services import import_arrivals
from hearth.kit.bulk_language import are_questions
from hearth.kit.clock import from_ms

BATCH = 200
MAX_TEXT = 60_000  # characters of one imported message; more is cut and said
Step = Callable[[dict[str, Any], ImportReport, float], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import. ``source`` names the place of origin: the same name again recognises what is there already."""

    mapping: ImportMapping = field(default_factory=ImportMapping)
    format: str | None = None
    source: str = ""
    rejections: Path | None = None
    pause: float = 0.0  # seconds to rest after each batch, where others write at the same time


@dataclass(slots=True)
class _Batch:
    messages: list[ArchiveMessage] = field(default_factory=list)
    reactions: list[ArchiveReaction] = field(default_factory=list)
    joined: dict[tuple[str, str], int] = field(default_factory=dict)  # (channel, author) → first seen

    def __len__(self) -> int:
        return len(self.messages) + len(self.reactions)


def import_archive(
    actor: Actor,
    path: str | Path,
    options: ImportOptions | None = None,
    *,
    checkpoint: dict[str, Any] | None = None,
    step: Step | None = None,
    job: int | None = None,
) -> ImportReport:
    """Bring the archive at ``path`` into the community in scope; returns what was done.

    ``step(checkpoint, report, progress)`` is called inside each batch's transaction: store the checkpoint there and
    hand it back to go on after a crash. Raises ArchiveRefused when the archive cannot be read at all.
    """
    options = options or ImportOptions()
    stood = checkpoint or {}
    with open_archive(path, options.mapping, options.format) as archive:
        source = options.source or archive.format
        report = ImportReport.from_json(stood["report"]) if stood else ImportReport(archive.format, source)
        rejections = RejectionFile(options.rejections, stood.get("rejections", 0))
        try:
            with bulk_writing() as between:
                load = _Load(actor, archive, source, report, rejections, step, between, options.pause)
                load.run(Position.from_text(stood["position"]) if stood else None)
        finally:
            rejections.close()
        report.left_out = dict(archive.left_out)
    with transaction.atomic():  # an ordinary commit: with it everything before it is on disk
        told = ArchiveImported(
            job=job, source=source, messages=report.messages, groups=report.groups, rejected=report.rejected
        )
        emit(told, actor=actor, subject=f"archive:{source}"[:60])
        audit.record(actor, "archive_imported", f"archive:{source}"[:60], after={"messages": report.messages})
    return report


class _Load:
    """One import under way."""

    def __init__(
        self,
        actor: Actor,
        archive: Archive,
        source: str,
        report: ImportReport,
        rejections: RejectionFile,
        step: Step | None,
        between: Callable[[], None],
        pause: float,
    ) -> None:
        self.archive, self.source, self.report = archive, source, report
        self.rejections, self.step, self.between, self.pause = rejections, step, between, pause
        self.places = Places(actor, source, report)
        self.batch = _Batch()

    def run(self, start: Position | None) -> None:
        """Read to the end, writing as batches fill."""
        position = start
        for record in self.archive.read(start):
            self._take(record)
            position = self.archive.position
            if len(self.batch) >= BATCH:
                self._write(position)
        if position is not None:
            self._write(position)

    def _take(self, record: object) -> None:
        batch = self.batch
        if isinstance(record, ArchiveMessage):
            batch.messages.append(record)
            batch.joined.setdefault((record.channel, record.author), record.at_ms)
        elif isinstance(record, ArchiveReaction):
            batch.reactions.append(record)
        elif isinstance(record, ArchiveAuthor):
            self.places.announce_author(record)
        elif isinstance(record, ArchiveChannel):
            self.places.announce_channel(record)
        elif isinstance(record, ArchiveMove):
            self.report.moves += 1
            if record.kind == "join":
                batch.joined.setdefault((record.channel, record.author), record.at_ms)
        elif isinstance(record, Rejected):
            self.report.reject(record)
            self.rejections.add(record)

    def _write(self, position: Position) -> None:
        batch, self.batch = self.batch, _Batch()
        self.places.open_groups(
            {message.channel for message in batch.messages} | {channel for channel, _author in batch.joined}
        )
        ready = self._ready(batch.messages)  # before the transaction, which others wait for
        with transaction.atomic():
            self.places.bring_authors(self._authors_of(batch))
            posted = write_posts([self._post(*row) for row in ready])
            fresh = sum(post.fresh for post in posted)
            self.report.messages += fresh
            self.report.known += len(posted) - fresh
            self.report.reactions += write_reactions(self._reactions(batch), self.source)
            self._seat(batch)
            if self.step is not None:
                stands = {
                    "position": position.as_text(),
                    "report": self.report.as_json(),
                    "rejections": self.rejections.length(),
                }
                self.step(stands, self.report, self.archive.progress)
        self.between()
        if self.pause:
            time.sleep(self.pause)

    def _authors_of(self, batch: _Batch) -> set[str]:
        authors = {message.author for message in batch.messages}
        authors.update(name for message in batch.messages for name in message.mentions if self.places.knows(name))
        authors.update(reaction.author for reaction in batch.reactions)
        authors.update(author for _channel, author in batch.joined)
        return authors

    def _ready(self, messages: Sequence[ArchiveMessage]) -> list[tuple[ArchiveMessage, str, bool, bool]]:
        """Each message with its text, whether it asks, and whether it may hold markup."""
        for message in messages:
            self.report.saw(message.at_ms)
        texts = [_text_of(message) for message in messages]
        return list(zip(messages, texts, are_questions(texts), need_markdown(texts), strict=True))

    def _post(self, message: ArchiveMessage, text: str, asks: bool, markup: bool) -> NewPost:
        identities = self.places.identities
        called = [identities[name] for name in message.mentions if name in identities]
        return NewPost(
            room_id=self.places.rooms[message.channel],
            author_id=identities[message.author],
            text=text,
            actor=self.places.ref_of(message.author),
            actor_role="member",
            origin="bot" if message.is_bot else "organic",
            source=self.source,
            external_id=short_id(message.id, 200),
            reply_to_external=short_id(message.reply_to, 200) or None,
            topic=message.thread[:200],
            is_question=asks and not message.reply_to,
            mentions=tuple(dict.fromkeys(called)),
            occurred_at=from_ms(message.at_ms),
            edited_at=from_ms(message.edited_ms) if message.edited_ms else None,
            historical=True,
            markup=markup,
        )

    def _reactions(self, batch: _Batch) -> list[ImportedReaction]:
        rooms, identities = self.places.rooms, self.places.identities
        return [
            ImportedReaction(
                rooms[reaction.channel],
                short_id(reaction.message, 200),
                identities[reaction.author],
                reaction.emoji[:40],
                from_ms(reaction.at_ms) if reaction.at_ms else None,
            )
            for reaction in batch.reactions
            if reaction.channel in rooms
        ]

    def _seat(self, batch: _Batch) -> None:
        """Whoever spoke in a group or joined it belongs to it."""
        places = self.places
        arrived = [
            (places.groups[channel].pk, member, from_ms(at_ms))
            for (channel, author), at_ms in batch.joined.items()
            if places.first_time(channel, member := places.members[places.identities[author]])
        ]
        import_arrivals(arrived)


def _text_of(message: ArchiveMessage) -> str:
    text = cleaned(message.text)[:MAX_TEXT]
    if not message.files:
        return text
    return "\n".join([*([text] if text else []), *(f"📎 {name}" for name in message.files)])
