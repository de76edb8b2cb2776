"""The last place before another that holds something wanted: one sort for all the questions at once."""

import numpy as np

from hearth.insight.rules.columns import AnyInts, Ints


def pair_keys(first: AnyInts, second: AnyInts) -> Ints:
    """One number per pair; equal pairs are equal, others differ but for chance (64 bits)."""
    mixed = first.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) ^ second.astype(np.uint64) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    return (mixed >> np.uint64(1)).astype(np.int64)


def latest_before(lane: Ints, what: Ints, lanes: Ints, wanted: Ints, places: Ints) -> Ints:
    """For each place: the last position before it with the wanted (lane, what); -1 when none."""
    count = len(lane)
    keys = np.concatenate((pair_keys(lane, what), pair_keys(lanes, wanted)))
    when = np.concatenate((np.arange(count), places))
    asking = np.arange(len(keys)) >= count
    # Within one key by position, the asking entry before the message at its own position.
    order = np.lexsort((~asking, when, keys))
    known = np.maximum.accumulate(np.where(asking[order], -1, np.arange(len(keys))))
    before = order[np.maximum(known[asking[order]], 0)]
    asked = order[asking[order]]
    fits = (known[asking[order]] >= 0) & (keys[before] == keys[asked])
    hit = np.full(len(places), -1, dtype=np.int64)
    hit[asked - count] = np.where(fits, before, -1)
    return hit
