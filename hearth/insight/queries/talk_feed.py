"""An archive as the metric engine reads it: acts and states from a talk log, with its links, questions and origins."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.replies import Talk, roots
from hearth.insight.rules.talk_log import Origin, TalkLog
from hearth.insight.rules.times import DAY

_INT, _DAY, _YES = pa.int64(), pa.int32(), pa.bool_()
_ORIGINS = np.array([origin.name.lower() for origin in Origin])


class TalkFeed:
    """``insight.services.columns.Feed`` of a talk log. Groups, authors and rows are numbered from 1; days are UTC's.

    A message's parent is the one it answers, given, by its thread or inferred; where an answer was found that does not
    say so itself (the next in a thread, a reply to what the asker said next), an act of its own tells it.
    """

    def __init__(self, log: TalkLog, talk: Talk) -> None:
        self._log, self._talk = log, talk

    def upto(self) -> int:
        """The last row."""
        return len(self._log)

    def mark(self, fact: int) -> str:
        """An archive does not change while it is read."""
        return str(fact)

    def acts(self, after: int, upto: int) -> Iterator[pa.Table]:
        """All messages, then the answers that do not say so."""
        log, talk = self._log, self._talk
        rows = np.arange(after, upto)
        root = roots(log)
        thread = np.where(log.thread >= 0, root[log.thread], -1) if len(root) else np.full(len(log), -1)
        yield self._told(rows, "message", rows, talk.target[rows], thread[rows])
        asked = np.flatnonzero((talk.asks | talk.starts) & (talk.answer >= 0))
        asked = asked[talk.target[talk.answer[asked]] != asked]
        answer = talk.answer[asked]
        yield self._told(answer, "answer", answer, asked, np.full(len(asked), -1))

    def _told(self, rows: Ints, kind: str, meant: Ints, parent: Ints, thread: Ints) -> pa.Table:
        log = self._log
        return pa.table({
            "fact": pa.array(rows + 1, _INT), "at": pa.array(log.at[rows], _INT),
            "day": pa.array(log.at[rows] // DAY, _DAY), "unit": pa.array(log.group[rows] + 1, _INT),
            "identity": pa.array(log.author[rows] + 1, _INT), "kind": pa.array([kind] * len(rows), pa.string()),
            "object": pa.array(meant + 1, _INT), "parent": _known(parent), "thread": _known(thread),
            "origin": pa.array(_ORIGINS[log.origin[rows]]), "question": pa.array(log.is_question[rows], _YES),
            "link": pa.array(log.has_link[rows], _YES), "advert": pa.array(log.advert[rows], _YES),
        })  # fmt: skip

    def presence(self, after: int) -> Iterator[tuple[int, pa.Table]]:
        """No archive tells who read."""
        return iter(())

    def people(self) -> pa.Table:
        """Authors. Whether a machine wrote is told of each message, so nobody is a bot here."""
        numbers = pa.array(np.arange(1, len(self._log.authors) + 1), _INT)
        return pa.table({"identity": numbers, "member": numbers, "is_bot": pa.array([False] * len(numbers), _YES)})

    def units(self) -> pa.Table:
        """Groups and the day each was created or first spoken in; those of which neither is known are left out."""
        log = self._log
        spoken, first = np.unique(log.group, return_index=True)
        begun = dict(zip(spoken.tolist(), log.at[first].tolist(), strict=True))
        born = [
            (number + 1, min(known) // DAY)
            for number, info in enumerate(log.groups)
            if (known := [at for at in (info.created_ms, begun.get(number)) if at])
        ]
        return pa.table({"unit": pa.array([n for n, _ in born], _INT), "born": pa.array([d for _, d in born], _DAY)})

    def memberships(self) -> pa.Table:
        """Joins and leaves the archive tells of, machines left out."""
        known = self._log.memberships
        machine = np.array([author.is_bot for author in self._log.authors], dtype=np.bool_)
        keep = np.flatnonzero(~machine[known.author]) if known is not None else np.zeros(0, np.int64)
        group, author, joined, left = (
            (known.group[keep], known.author[keep], known.joined[keep], known.left[keep]) if known else [keep] * 4
        )
        nothing, nobody = pa.nulls(len(keep), _DAY), pa.array([False] * len(keep), _YES)
        return pa.table({
            "unit": pa.array(group + 1, _INT), "member": pa.array(author + 1, _INT),
            "joined": pa.array(joined // DAY, _DAY), "until": pa.array(left // DAY, _DAY, mask=left == 0),
            "invited": nobody, "verified_from": nothing, "verified_until": nothing,
        })  # fmt: skip

    def doors(self) -> pa.Table:
        """No archive tells who asked to come in."""
        kinds = {"unit": _INT, "member": _INT, "day": _DAY, "kind": pa.string(), "passed": _YES, "settled": _DAY}
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})


def _known(rows: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(rows + 1, _INT, mask=rows < 0)
