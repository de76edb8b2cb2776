"""A conversation written down as text: a line that says when and who, then what was said, over as many lines as it
took. WhatsApp, WeChat and QQ write such files.
"""

from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from hearth.carriers.registry import ArchiveSource, Reading, SourceEntry

MOST = 200_000  # characters of one message: a file without any further head must not fill the memory

HeadT = TypeVar("HeadT")


class Said(NamedTuple, Generic[HeadT]):
    """One message: the line it begins in, its head (None for what stands before the first) and its text.

    ``was_cut`` when it was longer than ``MOST``.
    """

    line: int
    head: HeadT | None
    text: str
    was_cut: bool


def text_files(source: ArchiveSource) -> list[SourceEntry]:
    """The files that may be transcripts: those called ``.txt``, and a file that stands alone."""
    alone = len(source.entries) == 1
    return [entry for entry in source.entries if alone or entry.name.lower().endswith(".txt")]


def transcripts(reading: Reading, likely: Callable[[ArchiveSource, SourceEntry], float]) -> list[SourceEntry]:
    """Plan to read the text files that are likely transcripts, the first entry where none is; the others are counted as
    left out.
    """
    candidates = text_files(reading.source)
    entries = [entry for entry in candidates if likely(reading.source, entry)]
    entries = entries or list(reading.source.entries[:1])
    reading.leave_out("other_file", len(candidates) - len(entries))
    reading.plan(entries)
    return entries


def said(
    blocks: Iterator[tuple[int, list[bytes]]], head_of: Callable[[str], tuple[HeadT, str] | None]
) -> Iterator[Said[HeadT]]:
    """Cut lines into messages. ``head_of`` answers the head of a line and what follows it there, or None."""
    started, head, parts, size = 0, None, [""], 0
    for first, lines in blocks:
        for number, raw in enumerate(lines, first):
            line = raw.decode("utf-8", "replace").rstrip("\r")
            found = head_of(line)
            if found is not None:
                if started:
                    yield _one(started, head, parts, size)
                started, (head, rest) = number, found
                parts, size = [rest], len(rest)
            elif started or line.strip():
                started = started or number
                size += len(line) + 1
                if size <= MOST:
                    parts.append(line)
    if started:
        yield _one(started, head, parts, size)


def _one(started: int, head: HeadT | None, parts: list[str], size: int) -> Said[HeadT]:
    text = parts[0] if len(parts) == 1 else "\n".join(parts)
    return Said(started, head, text[:MOST].rstrip(), size > MOST)
