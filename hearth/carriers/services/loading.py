"""Brings an archive into a community: in small transactions, from where it stood, each message once.

Every batch writes its authors, messages, reactions and memberships *and* the checkpoint in one transaction; so a killed
import goes on without loss or doubles, and the live room is never kept waiting long.
"""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from hearth.carriers.facts import ArchiveImported
from hearth.carriers.queries import Archive, open_archive
from hearth.carriers.queries.batches import LARGE, Batch, ReadyMessage, batches_of, gathered, read_ahead
from hearth.carriers.rules.names import short_id
from hearth.carriers.services.places import Places
from hearth.carriers.services.report import ImportReport, RejectionFile
from hearth.carriers.types import ArchiveMove, ImportMapping, Position
from hearth.conversation.services.history import ImportedAnswer, ImportedReaction, write_answers, write_reactions
from hearth.conversation.services.writer import write_posts
from hearth.conversation.types import NewPost
from hearth.core import audit
from hearth.core.bulk import bulk_writing
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.groups.services import Came, Went, import_arrivals, import_departures
from hearth.groups.types import LeftBy
from hearth.kit.clock import from_ms

Step = Callable[[dict[str, Any], ImportReport, float], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import. ``source`` names the place of origin: the same name again recognises what is there already."""

    mapping: ImportMapping = field(default_factory=ImportMapping)
    format: str | None = None
    source: str = ""
    rejections: Path | None = None
    pause: float = 0.0  # seconds to rest after each batch, where others write at the same time


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
    options, stood = options or ImportOptions(), checkpoint or {}
    with open_archive(path, options.mapping, options.format) as archive:
        source = options.source or archive.format
        report = ImportReport.from_json(stood["report"]) if stood else ImportReport(archive.format, source)
        start = Position.from_text(stood["position"]) if stood else None
        rejections = RejectionFile(options.rejections, stood.get("rejections", 0))
        with (
            closing(rejections),
            closing(_read(archive, Path(path), options, start)) as batches,
            bulk_writing() as bulk,
        ):
            load = _Load(actor, source, report, rejections, step)
            for batch in gathered(batches, wide=lambda: bulk.is_alone and not options.pause):
                load.write(batch)
                bulk.rest()
                if options.pause:
                    time.sleep(options.pause)
    with transaction.atomic():  # an ordinary commit: with it everything before it is on disk
        told = ArchiveImported(
            job=job, source=source, messages=report.messages, groups=report.groups, rejected=report.rejected
        )
        emit(told, actor=actor, subject=f"archive:{source}"[:60])
        audit.record(actor, "archive_imported", f"archive:{source}"[:60], after={"messages": report.messages})
    return report


def _read(archive: Archive, path: Path, options: ImportOptions, start: Position | None) -> Generator[Batch, None, None]:
    if archive.size_bytes < LARGE:
        return batches_of(archive, start)
    return read_ahead(path, options.mapping, archive.format, start)


class _Load:
    """One import under way."""

    def __init__(
        self, actor: Actor, source: str, report: ImportReport, rejections: RejectionFile, step: Step | None
    ) -> None:
        self.source, self.report = source, report
        self.rejections, self.step = rejections, step
        self.places = Places(actor, source, report)

    def write(self, batch: Batch) -> None:
        """Everything a batch brings, and the checkpoint, in one transaction."""
        for channel in batch.channels:
            self.places.announce_channel(channel)
        for author in batch.authors:
            self.places.announce_author(author)
        channels = {channel for channel, _author in batch.joined}
        # An import that goes on may begin with what hangs on earlier talk.
        channels.update(reaction.channel for reaction in batch.reactions)
        channels.update(answer.channel for answer in batch.answers)
        self.places.open_groups(channels)
        with transaction.atomic():
            self.places.bring_authors(self._authors_of(batch))
            posted = write_posts([self._post(ready) for ready in batch.messages])
            reactions = write_reactions(self._reactions(batch), self.source)
            self.report.answers += write_answers(self._answers(batch), self.source)
            self._seat(batch)
            self._report(batch, sum(post.fresh for post in posted), reactions)
            if self.step is not None:
                stands = {
                    "position": batch.position,
                    "report": self.report.as_json(),
                    "rejections": self.rejections.length(),
                }
                self.step(stands, self.report, batch.progress)

    def _report(self, batch: Batch, fresh: int, reactions: int) -> None:
        report = self.report
        report.messages += fresh
        report.known += len(batch.messages) - fresh
        report.reactions += reactions
        report.moves += len(batch.moved)
        report.left_out = batch.left_out
        for ready in batch.messages:
            report.saw(ready.message.at_ms)
        for rejected in batch.rejected:
            report.reject(rejected)
            self.rejections.add(rejected)

    def _authors_of(self, batch: Batch) -> set[str]:
        authors = {author for _channel, author in batch.joined}
        authors.update(reaction.author for reaction in batch.reactions)
        authors.update(answer.by for answer in batch.answers if answer.by)
        authors.update(move.by for move in batch.moved if move.by and self.places.knows(move.by))
        for ready in batch.messages:
            authors.update(filter(self.places.knows, ready.message.mentions))
        return authors

    def _post(self, ready: ReadyMessage) -> NewPost:
        message = ready.message
        identities = self.places.identities
        called = [identities[name] for name in message.mentions if name in identities]
        return NewPost(
            room_id=self.places.rooms[message.channel],
            author_id=identities[message.author],
            text=ready.text,
            actor=self.places.ref_of(message.author),
            actor_role="member",
            origin="bot" if message.is_bot else "organic",
            source=self.source,
            external_id=short_id(message.id, 200),
            reply_to_external=short_id(message.reply_to, 200) or None,
            topic=message.thread[:200],
            is_question=ready.asks and not message.reply_to,
            mentions=tuple(dict.fromkeys(called)),
            occurred_at=from_ms(message.at_ms),
            edited_at=from_ms(message.edited_ms) if message.edited_ms else None,
            historical=True,
            markup=ready.markup,
        )

    def _reactions(self, batch: Batch) -> list[ImportedReaction]:
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

    def _answers(self, batch: Batch) -> list[ImportedAnswer]:
        rooms, places = self.places.rooms, self.places
        return [
            ImportedAnswer(
                rooms[answer.channel],
                short_id(answer.question, 200),
                short_id(answer.answer, 200),
                places.members[places.identities[answer.by]] if answer.by else None,
                from_ms(answer.at_ms) if answer.at_ms else None,
            )
            for answer in batch.answers
            if answer.channel in rooms
        ]

    def _seat(self, batch: Batch) -> None:
        """Whoever spoke in a group or joined it belongs to it, until they left it for good."""
        places = self.places
        invited = {(move.channel, move.author): move.by for move in reversed(batch.moved) if move.kind == "join"}
        signs = [ArchiveMove(*place, at_ms, "join", invited.get(place, "")) for place, at_ms in batch.joined.items()]
        came = [sign for sign in signs if places.comes(sign)]
        for ready in batch.messages:
            places.saw(ready.message.channel, ready.message.author, ready.message.at_ms)
        gone: list[ArchiveMove] = []
        for move in batch.moved:
            if move.kind == "join" and places.comes(move):
                if any(move[:2] == other[:2] for other in gone):  # back again: first what was before
                    self._write_moves(came, gone)
                    came, gone = [], []
                came.append(move)
            elif move.kind == "leave" and places.goes(move):
                gone.append(move)
        self._write_moves(came, gone)

    def _write_moves(self, came: list[ArchiveMove], gone: list[ArchiveMove]) -> None:
        places = self.places
        import_arrivals([Came(*places.seat_of(move), places.member_of(move.by)) for move in came])
        how = [(move, LeftBy.REMOVED if move.by else LeftBy.OWN_WISH) for move in gone]
        import_departures([Went(*places.seat_of(move), left_by) for move, left_by in how])
