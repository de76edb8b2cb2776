"""Warped time: hours in which a community talks much are long, its nights are short, a week stays a week."""

import numpy as np

from hearth.insight.rules.columns import Ints
from hearth.insight.rules.logistic import Floats
from hearth.insight.rules.times import HOUR, WEEK

HOURS = 168
EVEN = 24.0  # messages added to each hour of the day, and to each day, so that a small community has a smooth clock
KEPT = 168.0  # messages by which the hours of the week are drawn to day-of-week times hour-of-day
LEAST = 0.05  # of the mean: no hour stands still


def profile(at: Ints) -> Floats:
    """How much is said in each hour of the week (UTC, from Thursday 00:00), mean 1, shrunk where little is known."""
    hours = np.bincount((at % WEEK) // HOUR, minlength=HOURS).astype(np.float64)
    total = hours.sum()
    table = hours.reshape(7, 24)
    by_hour = (table.sum(axis=0) + EVEN) / (total + 24 * EVEN)
    by_day = (table.sum(axis=1) + EVEN) / (total + 7 * EVEN)
    expected = np.outer(by_day, by_hour).ravel()
    shrunk = (hours + KEPT * expected) / (total + KEPT) * HOURS
    floored: Floats = np.maximum(shrunk, LEAST)
    return floored / floored.mean()


def warp(at: Ints, weights: Floats) -> Floats:
    """Times (ms) in warped days since 1970."""
    begun = np.r_[0.0, np.cumsum(weights)]
    week, rest = np.divmod(at, WEEK)
    hour, part = np.divmod(rest, HOUR)
    days: Floats = week * 7.0 + (begun[hour] + weights[hour] * (part / HOUR)) / 24.0
    return days


def unwarp(days: Floats, weights: Floats) -> Ints:
    """Back to ms."""
    begun = np.r_[0.0, np.cumsum(weights)] / 24.0
    week, rest = np.divmod(days, 7.0)
    hour = np.clip(np.searchsorted(begun, rest, "right") - 1, 0, HOURS - 1)
    part = (rest - begun[hour]) * 24.0 / weights[hour]
    return (week * WEEK + (hour + part) * HOUR).astype(np.int64)
