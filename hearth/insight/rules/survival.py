"""Kaplan-Meier survival (Kaplan & Meier 1958): time until something happens when some are still waiting.

Leaving the waiting ones out would flatter: a group that answers one question in ten at once would have a fine median.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def curve(durations: Floats, happened: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Times at which something happened and the share still waiting just after each."""
    times = np.unique(durations[happened])
    at_risk = len(durations) - np.searchsorted(np.sort(durations), times, "left")
    ended = np.searchsorted(np.sort(durations[happened]), times, "right") - np.searchsorted(
        np.sort(durations[happened]), times, "left"
    )
    return times, np.cumprod(1.0 - ended / np.maximum(at_risk, 1)).astype(np.float64)


def median(durations: Floats, happened: npt.NDArray[np.bool_]) -> float | None:
    """Time by which half have happened; None when half never have, as far as it was watched."""
    times, waiting = curve(durations, happened)
    done = np.flatnonzero(waiting <= 0.5 + 1e-12)
    return float(times[done[0]]) if len(done) else None


def waiting_after(durations: Floats, happened: npt.NDArray[np.bool_], time: float) -> float:
    """Share still waiting after a time."""
    times, waiting = curve(durations, happened)
    before = int(np.searchsorted(times, time, "right"))
    return float(waiting[before - 1]) if before else 1.0
