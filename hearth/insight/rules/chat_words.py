"""What the words of chat messages tell about whom they answer: who is called, who is named, which rare words they hold.

All in bulk over columns of text. Words are runs of letters and digits; Chinese, which has no spaces, counts pairs of
neighbouring characters. Words are told apart by a checksum folded to 2^20 buckets: the memory is bounded, and two words
that share a bucket are met once in a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hearth.insight.rules.columns import AnyInts, Beginnings, Ints, SmallInts

READ = 160  # characters of each message
KEPT = 4  # rare words kept of each message
_BUCKETS = 1 << 20
_COMMON = 0.01  # a word in more than this share of the messages tells nothing
_HAN_NAME = range(2, 5)  # characters of a Chinese name
_LEAST_NAME = 3
_ORDINARY = 10  # a name met this many times more often than its bearer writes is an ordinary word

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ChatWords:
    """Per message: author called at the beginning (-1), another one named further on (-1), the rarest shared words
    in ``KEPT`` rows (0: none); ``weight`` says how rare each bucket is (0: not at all).
    """

    called: SmallInts
    named: SmallInts
    rare: SmallInts
    weight: Weights


def read_words(texts: Beginnings, authors: Sequence[str], written: Ints, wanted: AnyInts) -> ChatWords:
    """Read every text and give the wanted rows. ``authors`` are names, ``written`` how much each of them wrote."""
    names = _Names(authors)
    called, named, buckets, counts = [], [], [], []
    for part in texts.parts():
        words = _words(part)
        first, second = names.found(words)
        called.append(first)
        named.append(second)
        held, length = _buckets(words)
        buckets.append(held)
        counts.append(length)
    if not called:
        nothing = np.zeros(0, dtype=np.int32)
        return ChatWords(nothing, nothing, nothing.reshape(KEPT, 0), np.zeros(_BUCKETS, dtype=np.float32))
    message = np.repeat(np.arange(len(texts), dtype=np.int32), np.concatenate(counts))
    rare, weight = _rarest(message, np.concatenate(buckets), len(texts))
    real = names.without_ordinary(called, named, written)
    return ChatWords(real[np.concatenate(called)[wanted]], real[np.concatenate(named)[wanted]], rare[:, wanted], weight)


class _Names:
    """Finds authors by the words of their names."""

    def __init__(self, authors: Sequence[str]) -> None:
        self._of: dict[str, int] = {}
        whole = [name.encode("utf-8", "replace").decode() for name in authors]  # half a surrogate pair is no text
        for number, words in enumerate(_words(pa.array(whole, type=pa.string())).to_pylist()):
            for name in dict.fromkeys(("".join(words), words[0] if words else "")):
                if len(name) >= _LEAST_NAME or (len(name) >= _HAN_NAME.start and not name.isascii()):
                    self._of.setdefault(name.strip("_"), number)
        self._count = len(authors)

    def found(self, words: pa.ListArray) -> tuple[SmallInts, SmallInts]:
        """Per message: who its first word calls, and the first other author among the rest."""
        coded = words.flatten().dictionary_encode()
        who = np.fromiter(map(self._who, coded.dictionary.to_pylist()), np.int32, len(coded.dictionary))
        flat = who[coded.indices.to_numpy()] if len(coded) else np.zeros(0, dtype=np.int32)
        ends = words.offsets.to_numpy()
        called, named = (np.full(len(words), -1, dtype=np.int32) for _ in range(2))
        some = ends[1:] > ends[:-1]
        called[some] = flat[ends[:-1][some]]
        hits = np.flatnonzero(flat >= 0)
        message = np.searchsorted(ends, hits, side="right") - 1
        further = (hits != ends[message]) & (flat[hits] != called[message])
        message, hits = message[further][::-1], hits[further][::-1]
        named[message] = flat[hits]  # the first one is written last
        return called, named

    def _who(self, word: str) -> int:
        found = self._of.get(word.strip("_"), -1)
        if found < 0 and not word.isascii():
            found = next((self._of[word[:n]] for n in reversed(_HAN_NAME) if word[:n] in self._of), -1)
        return found

    def without_ordinary(self, called: list[SmallInts], named: list[SmallInts], written: Ints) -> SmallInts:
        """Authors by number, -1 for names that are met far too often to be one, and for no name at all (the last)."""
        met = np.zeros(self._count + 1, dtype=np.int64)
        for column in (*called, *named):
            met += np.bincount(column + 1, minlength=self._count + 1)
        real = np.arange(self._count + 1, dtype=np.int32)
        real[:-1][met[1:] > _ORDINARY * (written + 2)] = -1
        real[-1] = -1
        return real


def _words(texts: pa.StringArray) -> pa.ListArray:
    low = pc.utf8_lower(pc.utf8_slice_codeunits(texts, 0, READ))
    plain = pc.replace_substring_regex(low, r"[^\pL\pN_]+", " ")
    return pc.utf8_split_whitespace(pc.utf8_trim_whitespace(plain))


def _buckets(words: pa.ListArray) -> tuple[SmallInts, Ints]:
    """The buckets of all words, and how many each message has."""
    ends = words.offsets.to_numpy()
    flat = words.flatten()
    message = np.repeat(np.arange(len(words)), np.diff(ends))
    han = pc.match_substring_regex(flat, r"\p{Han}").to_numpy(zero_copy_only=False)
    found = _checksums(flat.filter(pa.array(~han)))
    message, spaced = message[~han], message[han]
    if len(spaced):
        single = pc.utf8_split_whitespace(
            pc.utf8_trim_whitespace(pc.replace_substring_regex(flat.filter(pa.array(han)), r"(\p{Han})", r" \1 "))
        )
        where = np.repeat(spaced, np.diff(single.offsets.to_numpy()))
        one = _checksums(single.flatten())
        together = where[1:] == where[:-1]
        pairs = (one[:-1].astype(np.int64) * 31 + one[1:])[together] % _BUCKETS
        found = np.concatenate((found, pairs.astype(np.int32)))
        message = np.concatenate((message, where[1:][together]))
        order = np.argsort(message, kind="stable")
        found, message = found[order], message[order]
    return found, np.bincount(message, minlength=len(words))


def _checksums(words: pa.StringArray) -> SmallInts:
    coded = words.dictionary_encode()
    sums = np.fromiter((crc32(word.encode()) for word in coded.dictionary.to_pylist()), np.int64, len(coded.dictionary))
    codes = coded.indices.to_numpy() if len(coded) else np.zeros(0, dtype=np.int64)
    found: SmallInts = (sums[codes] % (_BUCKETS - 1) + 1).astype(np.int32)
    return found


def _rarest(message: SmallInts, bucket: SmallInts, count: int) -> tuple[SmallInts, Weights]:
    """The rarest words of each message that stand in others too."""
    met = np.bincount(bucket, minlength=_BUCKETS)
    telling = (met >= 2) & (met <= max(5, _COMMON * count))
    telling[0] = False
    weight = np.where(telling, np.log(max(count, 1) / np.maximum(met, 1)), 0).astype(np.float32)
    keep = np.flatnonzero(telling[bucket])
    message, bucket = message[keep], bucket[keep]
    order = np.lexsort((met[bucket], message))
    message, bucket = message[order], bucket[order]
    first = np.r_[True, message[1:] != message[:-1]] if len(message) else np.zeros(0, dtype=np.bool_)
    rank = np.arange(len(message)) - np.maximum.accumulate(np.where(first, np.arange(len(message)), 0))
    rare = np.zeros((KEPT, count), dtype=np.int32)
    few = rank < KEPT
    rare[rank[few], message[few]] = bucket[few]
    return rare, weight
