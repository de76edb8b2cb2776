"""Which earlier message a chat message answers, where nothing says so: a fitted choice among a few candidates.

Candidates of a message are the eight before it in its room and the latest by, or to, the people it concerns. Each is
scored by a linear model of cheap signs (who is called, how near, whose turn, who asks, shared rare words); answering
nobody is a candidate too, and the highest score wins. Coefficients: ``reply_model.json``, fitted by
``bench/replies.py`` on conversations disentangled by hand (Kummerfeld et al., ACL 2019), in busy rooms; where it is
quiet, who is left over answers the message just before. A winner by the same author continues what they said.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hearth.insight.rules.chat_words import ChatWords
from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.nearest import latest_before
from hearth.insight.rules.times import DAY, MINUTE

MODEL_FILE = Path(__file__).with_name("reply_model.json")
NEIGHBOURS = 8
REACH = 7 * DAY  # nothing older is answered
QUIET = 15 * MINUTE  # where only one message stands within it, the next one by somebody else answers it
QUIET_ASK = DAY  # how long a question waits for that
_CHUNK = 100_000

Floats = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Chat:
    """Unthreaded messages by people, ordered by room and time; all columns run parallel, positions index them."""

    room: Ints
    author: Ints
    at: Ints
    asks: Bools
    called: Ints
    named: Ints
    words: ChatWords

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def before(self) -> Ints:
        """The author's own message before; -1 when none."""
        return self._latest(self.author, self.author)

    @cached_property
    def after(self) -> Ints:
        """The author's own message after; the number of messages when none."""
        found = np.full(len(self), len(self), dtype=np.int64)
        some = np.flatnonzero(self.before >= 0)
        found[self.before[some]] = some
        return found

    @cached_property
    def to_me(self) -> Ints:
        """The latest message that called this author."""
        return self._latest(self.called, self.author)

    @cached_property
    def by_called(self) -> Ints:
        """The latest message of the person called."""
        return self._latest(self.author, self.called)

    @cached_property
    def by_named(self) -> Ints:
        """The latest message of the person named further on."""
        return self._latest(self.author, self.named)

    @cached_property
    def partner(self) -> Ints:
        """Whom this author was last in talk with: called by them or calling them, -1 when nobody."""
        mine = self.before
        i_called = np.where(mine >= 0, self.called[np.maximum(mine, 0)], -1)
        who_called = np.where(self.to_me >= 0, self.author[np.maximum(self.to_me, 0)], -1)
        lately = (i_called >= 0) & ((mine > self.to_me) | (who_called < 0))
        return np.where(lately, i_called, who_called)

    @cached_property
    def pace(self) -> Floats:
        """Minutes that usually lie between two messages of the room, 1 to 60: what is late depends on it."""
        gaps = np.diff(self.at, prepend=0) / MINUTE
        inner = np.flatnonzero(np.diff(self.room, prepend=0) == 0)
        order = inner[np.lexsort((gaps[inner], self.room[inner]))]
        found = np.ones(len(self))
        rooms, first, count = np.unique(self.room[order], return_index=True, return_counts=True)
        if len(rooms):
            middle = gaps[order[first + count // 2]]
            place = np.minimum(np.searchsorted(rooms, self.room), len(rooms) - 1)
            found = np.where(rooms[place] == self.room, np.clip(middle[place], 1, 60), 1)
        return found

    def _latest(self, what: Ints, wanted: Ints) -> Ints:
        places = np.flatnonzero(wanted >= 0)
        found = np.full(len(self), -1, dtype=np.int64)
        found[places] = latest_before(self.room, what, self.room[places], wanted[places], places)
        return found

    def candidates(self, begin: int, end: int) -> Iterator[Ints]:
        """For the messages at [begin, end), one candidate each at a time; -1 where there is none."""
        here = np.arange(begin, end)
        for back in range(1, NEIGHBOURS + 1):
            there = np.maximum(here - back, -1)
            yield np.where((there >= 0) & (self.room[there] == self.room[here]), there, -1)
        for far in (self.before, self.to_me, self.by_called, self.by_named):
            yield np.where(far[here] < here - NEIGHBOURS, far[here], -1)


def signs(chat: Chat, here: Ints, there: Ints) -> Scores:
    """What speaks for each message ``here`` answering the one ``there``: one row per sign, always in one order."""
    gap = ((chat.at[here] - chat.at[there]) / MINUTE / chat.pace[here]).astype(np.float32)
    back = (here - there).astype(np.float32)
    me, you = chat.author[here], chat.author[there]
    own = me == you
    mine, yours = chat.called[here], chat.called[there]
    called, named = mine == you, chat.named[here] == you
    calls, called_me = mine >= 0, yours == me
    latest = chat.after[there] >= here
    turn = chat.partner[here] == you
    asked, asks = chat.asks[there], chat.asks[here]
    shared = _shared(chat.words, here, there)
    slow, far = np.log1p(gap), np.log1p(back)
    columns = (
        slow, far, gap < 1.5, gap > 10, gap > 60, back == 1, back == 2,
        own & ~calls, own & calls, own & (back == 1), own * slow, own & (mine == yours) & calls, own & asked,
        called, called & latest, called * slow, called * far, called & asked, called & called_me,
        calls & ~called & ~own, named, named & latest,
        called_me, called_me & latest, called_me * slow, (yours >= 0) & ~called_me & ~own,
        (yours >= 0) & (yours == mine) & ~own,
        latest & ~own, turn & ~own, turn & latest & ~calls, asked & ~asks & ~own, asked & ~own, asks & ~own,
        shared, shared * own, np.minimum(shared, 4),
    )  # fmt: skip
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns])


def openings(chat: Chat, here: Ints) -> Scores:
    """What speaks for a message that answers nobody, always in one order."""
    previous = np.maximum(here - 1, 0)
    follows = (here > 0) & (chat.room[previous] == chat.room[here])
    pace = chat.pace[here] * MINUTE
    gap = np.where(follows, chat.at[here] - chat.at[previous], REACH) / pace
    mine = chat.before[here]
    quiet = np.where(mine >= 0, chat.at[here] - chat.at[np.maximum(mine, 0)], REACH) / pace
    calls, asks = chat.called[here] >= 0, chat.asks[here]
    rare = sum((column[here] > 0).astype(np.int64) for column in chat.words.rare)
    columns = (
        np.ones(len(here)), np.log1p(gap), np.log1p(quiet), mine < 0, calls, chat.named[here] >= 0, asks,
        asks & (mine < 0), asks & ~calls & (quiet > 10), rare, chat.partner[here] >= 0,
    )  # fmt: skip
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns])


def _shared(words: ChatWords, here: Ints, there: Ints) -> Scores:
    """How rare the words are that two messages share, summed."""
    total = np.zeros(len(here), dtype=np.float32)
    theirs = [column[there] for column in words.rare]
    for column in words.rare:
        word = column[here]
        met = theirs[0] == word
        for other in theirs[1:]:
            met |= other == word
        total += np.where(met, words.weight[word], 0)  # no word, 0, weighs nothing
    return total


@lru_cache(maxsize=1)
def model() -> tuple[Scores, Scores]:
    """The shipped weights of signs and openings."""
    plain = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return np.array(plain["signs"], dtype=np.float32), np.array(plain["openings"], dtype=np.float32)


def linked(chat: Chat, weights: tuple[Scores, Scores] | None = None) -> Ints:
    """For each message the position of the one it answers or continues, -1 when it opens something new."""
    by_sign, by_opening = weights or model()
    found = np.full(len(chat), -1, dtype=np.int64)
    for begin in range(0, len(chat), _CHUNK):
        end = min(begin + _CHUNK, len(chat))
        here = np.arange(begin, end)
        best = by_opening @ openings(chat, here)
        for there in chat.candidates(begin, end):
            some = np.flatnonzero((there >= 0) & (chat.at[here] - chat.at[there] <= REACH))
            score = by_sign @ signs(chat, here[some], there[some])
            better = score > best[some]
            best[some[better]] = score[better]
            found[begin + some[better]] = there[some[better]]
    absent = (chat.called >= 0) & (chat.by_called < 0) & (found >= 0)
    found[absent & (chat.author[found] != chat.author)] = -1  # who calls somebody absent answers nobody here
    quiet = (found < 0) & _in_quiet(chat)
    found[quiet] = np.flatnonzero(quiet) - 1
    return found


def _in_quiet(chat: Chat) -> Bools:
    """Messages that call nobody and follow one by somebody else that stands alone and near, or asks."""
    here = np.arange(len(chat))
    one, two = np.maximum(here - 1, 0), np.maximum(here - 2, 0)
    gap = chat.at - chat.at[one]
    alone = (here < 2) | (chat.room[two] != chat.room) | (chat.at - chat.at[two] > QUIET)
    near = (gap <= QUIET) | (chat.asks[one] & (gap <= QUIET_ASK))
    follows = (here > 0) & (chat.room[one] == chat.room) & (chat.author[one] != chat.author)
    found: Bools = follows & near & alone & (chat.called < 0)
    return found
