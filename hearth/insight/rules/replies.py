"""Who answered whom: given replies, threads, or inference by mention, quote and a fitted choice.

Basis, decided once for a log: ``threads`` when most messages stand in a thread (whatever another person writes next in
it answers), ``replies`` when the archive carries replies, else ``inferred``: what a quote quotes, else the likeliest of
a few candidates (``links``). Everything built on it says so.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hearth.insight.rules.chat_words import read_words
from hearth.insight.rules.columns import Bools, Ints
from hearth.insight.rules.links import Chat, linked
from hearth.insight.rules.nearest import latest_before, pair_keys
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY, MINUTE

NEW_START_AFTER = 60 * MINUTE  # silence after which an unthreaded message opens a conversation
SAME_ASK = 10 * MINUTE  # questions by one author in one lane closer than this are one ask
EARLY = 7 * DAY  # a given reply may stand so long before what it answers: a clock was wrong
THREADED_SHARE = 0.5
REPLIES_SHARE = 0.01

Basis = Literal["replies", "threads", "inferred"]


@dataclass(frozen=True, slots=True)
class Talk:
    """What follows from the order of messages; all columns run parallel to the log.

    ``target``: row this message answers (-1), for edges between people. ``answer``: row of the first answer by another
    person to this message (-1). ``starts``: opens a conversation. ``asks``: first message of an ask.
    """

    basis: Basis
    target: Ints
    answer: Ints
    starts: Bools
    asks: Bools

    @property
    def inferred(self) -> bool:
        """Whether replies are guessed rather than given."""
        return self.basis == "inferred"


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Human messages ordered by lane (thread, or a group's talk outside threads) and time."""

    rows: Ints
    lane: Ints
    author: Ints
    at: Ints
    threaded: Bools
    previous_other: Ints  # positions, -1 when none
    next_other: Ints
    run: Ints  # position of the first message of this author's uninterrupted run


def read_talk(log: TalkLog) -> Talk:
    """Derive replies, answers, conversation starts and asks."""
    lanes = _lanes(log)
    basis = basis_of(log)
    target = _targets(log, lanes, basis)
    answer = _next_in_thread(log, lanes)
    links = _links(log, target)
    _earliest(answer, target[links], links)
    if not log.given or basis == "inferred":
        _to_what_was_said_since(log, lanes, target, links, answer)
    return Talk(basis, target, answer, _starts(log, target), _asks(log))


def basis_of(log: TalkLog) -> Basis:
    """Where replies come from in this log."""
    human = log.human
    count = int(human.sum())
    if not count:
        return "inferred"
    if int((log.thread[human] >= 0).sum()) >= THREADED_SHARE * count:
        return "threads"
    if int((log.reply_to[human] >= 0).sum()) >= REPLIES_SHARE * count:
        return "replies"
    return "inferred"


def _lanes(log: TalkLog) -> _Lanes:
    rows = np.flatnonzero(log.human)
    threaded = log.thread[rows] >= 0
    lane = np.where(threaded, log.thread[rows], -1 - log.group[rows].astype(np.int64))
    order = np.lexsort((rows, lane))
    rows, lane, threaded = rows[order], lane[order].astype(np.int64), threaded[order]
    author = log.author[rows].astype(np.int64)
    count = len(rows)
    place = np.arange(count)
    new_lane = np.ones(count, dtype=np.bool_)
    new_lane[1:] = lane[1:] != lane[:-1]
    new_run = new_lane.copy()
    new_run[1:] |= author[1:] != author[:-1]
    run = np.maximum.accumulate(np.where(new_run, place, 0))
    heads = np.flatnonzero(new_run)
    number = np.cumsum(new_run) - 1
    following = np.r_[heads[1:], count][number] if count else place
    same = following < count
    same[same] = lane[following[same]] == lane[same]
    return _Lanes(
        rows, lane, author, log.at[rows], threaded,
        previous_other=np.where(new_lane[run], -1, run - 1),
        next_other=np.where(same, following, -1),
        run=run,
    )  # fmt: skip


def _targets(log: TalkLog, lanes: _Lanes, basis: Basis) -> Ints:
    """Which row each message answers: given first, then by thread, then inferred."""
    target = log.reply_to.astype(np.int64)
    given = target[lanes.rows] >= 0
    before = lanes.previous_other
    found = np.where(before >= 0, lanes.rows[np.maximum(before, 0)], -1)
    by_thread = lanes.threaded & ~given
    target[lanes.rows[by_thread]] = found[by_thread]
    if basis == "inferred":
        _infer(log, lanes, target, ~given & ~lanes.threaded)
    return target


def _infer(log: TalkLog, lanes: _Lanes, target: Ints, open_: Bools) -> None:
    """A quote tells what it answers; for all others the likeliest of a few candidates is taken."""
    quoting = np.flatnonzero(open_ & (log.quote[lanes.rows] != 0))
    hit = _quoted(log, lanes, quoting)
    target[lanes.rows[quoting[hit >= 0]]] = lanes.rows[hit[hit >= 0]]

    plain = lanes.rows[~lanes.threaded]
    found = linked(_chat(log, lanes))
    fits = (found >= 0) & (target[plain] < 0) & open_[~lanes.threaded]
    fits[fits] = log.author[plain[found[fits]]] != log.author[plain[fits]]
    target[plain[fits]] = plain[found[fits]]


def chat_of(log: TalkLog) -> Chat:
    """What people said outside threads, as the inference sees it."""
    return _chat(log, _lanes(log))


def _chat(log: TalkLog, lanes: _Lanes) -> Chat:
    plain = ~lanes.threaded
    rows, author = lanes.rows[plain], lanes.author[plain]
    names, written = [one.name for one in log.authors], np.bincount(author, minlength=len(log.authors))
    words = read_words(log.texts, names, written, log.source_row[rows])
    called = np.where(log.mention[rows] >= 0, log.mention[rows], words.called)
    return Chat(
        room=lanes.lane[plain],
        author=author,
        at=lanes.at[plain],
        asks=log.is_question[rows],
        called=np.where(called == author, -1, called).astype(np.int64),
        named=np.where(words.named == author, -1, words.named).astype(np.int64),
        words=words,
    )


def _quoted(log: TalkLog, lanes: _Lanes, places: Ints) -> Ints:
    """Positions of the latest earlier message in the lane that begins with the quoted words."""
    if not len(places):
        return np.zeros(0, dtype=np.int64)
    head = np.zeros(len(lanes.rows), dtype=np.int64)
    near = np.flatnonzero(np.isin(lanes.lane, np.unique(lanes.lane[places])))
    head[near] = log.heads(lanes.rows[near])
    return latest_before(lanes.lane, head, lanes.lane[places], log.quote[lanes.rows[places]], places)


def _next_in_thread(log: TalkLog, lanes: _Lanes) -> Ints:
    """In a thread the next word by somebody else answers."""
    answer = np.full(len(log), -1, dtype=np.int64)
    in_thread = lanes.threaded & (lanes.next_other >= 0)
    answer[lanes.rows[in_thread]] = lanes.rows[lanes.next_other[in_thread]]
    return answer


def _to_what_was_said_since(log: TalkLog, lanes: _Lanes, target: Ints, links: Ints, answer: Ints) -> None:
    """Where replies are guessed, or rare: a message is answered as well by a reply to what its author said since."""
    if not len(links):
        return
    # A link speaks to an author in a group from its target on: sort by (group, author), then by time of the link.
    keys = pair_keys(log.group[links], log.author[target[links]])
    order = np.lexsort((links, keys))
    keys, links = keys[order], links[order]
    plain = lanes.rows[~lanes.threaded | _reachable(log, lanes)]
    first_of_run = np.empty(len(log), dtype=np.int64)
    first_of_run[lanes.rows] = lanes.rows[lanes.run]
    asked = pair_keys(log.group[plain], log.author[plain])
    # Rows are sorted by group and time, so row numbers order links within one key.
    left = _search_pairs(keys, links, asked, plain)
    for step in range(4):
        at = np.minimum(left + step, len(links) - 1)
        link = links[at]
        fits = (left + step < len(links)) & (keys[at] == asked) & (link > plain) & (target[link] >= first_of_run[plain])
        current = answer[plain]
        better = fits & ((current < 0) | (link < current))
        answer[plain[better]] = link[better]


def _links(log: TalkLog, target: Ints) -> Ints:
    """Rows by people that answer a message of somebody else, in order."""
    links = np.flatnonzero((target >= 0) & log.human)
    links = links[log.author[target[links]] != log.author[links]]
    return links[log.at[links] >= log.at[target[links]] - EARLY]


def _earliest(answer: Ints, asked: Ints, links: Ints) -> None:
    """Let each of ``asked`` be answered by the first of its ``links`` (rows in order), unless it was before."""
    asked, first = np.unique(asked, return_index=True)
    found, known = links[first], answer[asked]
    answer[asked] = np.where((known < 0) | (found < known), found, known)


def roots(log: TalkLog) -> Ints:
    """The first row of each thread, by the thread's number; -1 for numbers that are not used."""
    first = np.full(int(log.thread.max(initial=-1)) + 1, -1, dtype=np.int64)
    threaded = np.flatnonzero(log.thread >= 0)
    used, place = np.unique(log.thread[threaded], return_index=True)
    first[used] = threaded[place]
    return first


def _reachable(log: TalkLog, lanes: _Lanes) -> Bools:
    """Per human message in a thread: may a given reply reach it from outside its thread."""
    return np.full(len(lanes.rows), bool((log.reply_to >= 0).any()), dtype=np.bool_)


def _search_pairs(keys: Ints, rows: Ints, wanted: Ints, after: Ints) -> Ints:
    """First index with (key, row) > (wanted, after) in columns sorted by (key, row)."""
    all_keys = np.r_[keys, wanted]
    all_rows = np.r_[rows, after]
    mark = np.r_[np.zeros(len(keys), dtype=np.int64), np.ones(len(wanted), dtype=np.int64)]
    order = np.lexsort((1 - mark, all_rows, all_keys))
    seen = np.cumsum(1 - mark[order])
    # An asking row equal to a link row comes before it in this order; links are by others, so both never matter.
    found = np.empty(len(wanted), dtype=np.int64)
    asking = mark[order] == 1
    found[order[asking] - len(keys)] = seen[asking]
    return found


def _starts(log: TalkLog, target: Ints) -> Bools:
    """Messages that open a conversation: first of a thread, or outside threads, to nobody, after an hour of silence."""
    starts = np.zeros(len(log), dtype=np.bool_)
    threaded = np.flatnonzero(log.thread >= 0)
    if len(threaded):
        starts[threaded[np.unique(log.thread[threaded], return_index=True)[1]]] = True
    plain = np.flatnonzero(log.thread < 0)
    if len(plain):
        fresh = np.ones(len(plain), dtype=np.bool_)
        same = log.group[plain[1:]] == log.group[plain[:-1]]
        fresh[1:] = ~same | (log.at[plain[1:]] - log.at[plain[:-1]] >= NEW_START_AFTER)
        starts[plain] = fresh & (target[plain] < 0)
    return starts


def _asks(log: TalkLog) -> Bools:
    """Members' questions; those of one author in one lane that follow each other within ten minutes count once."""
    rows = np.flatnonzero(log.is_question & log.organic)
    lane = np.where(log.thread[rows] >= 0, log.thread[rows], -1 - log.group[rows].astype(np.int64))
    order = np.lexsort((rows, log.author[rows], lane))
    rows, lane = rows[order], lane[order]
    again = np.zeros(len(rows), dtype=np.bool_)
    again[1:] = (lane[1:] == lane[:-1]) & (log.author[rows[1:]] == log.author[rows[:-1]])
    again[1:] &= log.at[rows[1:]] - log.at[rows[:-1]] < SAME_ASK
    asks = np.zeros(len(log), dtype=np.bool_)
    asks[rows[~again]] = True
    return asks
