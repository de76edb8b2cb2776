"""Metrics of size, rhythm and input."""

import numpy as np

from hearth.insight.rules.group_view import GroupView
from hearth.insight.rules.metric import Measure, share
from hearth.insight.rules.times import DAY, WEEK

STARTS_LEAST = 36  # in twelve weeks: three a week, so that a fall is more than chance
STARTS_AGE_WEEKS = 12


def members(view: GroupView) -> Measure:
    """Members, or authors where memberships are not known."""
    return Measure(view.members, view.members)


def age_weeks(view: GroupView) -> Measure:
    """Age of the group."""
    age = view.age_weeks
    return Measure(None, 0, "no_data") if age is None else Measure(age, 1)


def silence_days(view: GroupView) -> Measure:
    """Whole days since a member wrote."""
    return Measure(None, 0, "no_data") if view.last is None else Measure((view.at - 1 - view.last) // DAY, 1)


def authors_28d(view: GroupView) -> Measure:
    """Distinct members who wrote."""
    count = view.authors_in(28)
    return Measure(count, count)


def messages_28d(view: GroupView) -> Measure:
    """Members' messages."""
    count = len(view.recent(28))
    return Measure(count, count)


def authors_trend(view: GroupView) -> Measure:
    """Relative change of authors against the 28 days before."""
    before = view.authors_in(28, skip=28)
    changed = share(view.authors_in(28), before)
    return changed._replace(value=None if changed.value is None else changed.value - 1.0)


def authors_peak(view: GroupView) -> Measure:
    """Most authors in any 28 days of the last 26 weeks."""
    peak = int(view.authors_by_month.max(initial=0))
    return Measure(peak, peak)


def authors_returning(view: GroupView) -> Measure:
    """Share of the authors of 28 to 56 days ago who wrote again in the last 28."""
    log = view.log
    before = np.unique(log.author[view.recent(28, skip=28)])
    now = np.unique(log.author[view.recent(28)])
    return share(len(np.intersect1d(before, now)), len(before))


def weeks_active(view: GroupView) -> Measure:
    """Weeks of the last eight with two or more authors."""
    count = int((view.weekly_authors[-8:] >= 2).sum())
    return Measure(count, 8)


def starts_per_week(view: GroupView) -> Measure:
    """Conversations opened by members per week."""
    rows = view.recent(28)
    return Measure(float(view.talk.starts[rows].sum()) / 4.0, len(rows))


def starts_trend(view: GroupView) -> Measure:
    """Relative change of conversation starts against the mean month of the twelve weeks before."""
    now = int(view.talk.starts[view.recent(28)].sum())
    before = int(view.talk.starts[view.recent(84, skip=28)].sum())
    if before < STARTS_LEAST or (view.age_weeks or 0) < STARTS_AGE_WEEKS:
        return Measure(None, before, "too_few" if before < STARTS_LEAST else "too_young")
    return Measure(now / (before / 3) - 1.0, before)


def organic_share(view: GroupView) -> Measure:
    """Share of all messages that members wrote themselves."""
    rows = view.all_in(56)
    return share(int(view.log.organic[rows].sum()), len(rows))


def link_share(view: GroupView) -> Measure:
    """Share of members' messages with a link."""
    rows = view.recent(91, until=view.anchor)
    return share(int(view.log.has_link[rows].sum()), len(rows))


def adverts(view: GroupView) -> Measure:
    """Messages that look like adverts."""
    count = int(view.log.advert[view.recent(91, until=view.anchor)].sum())
    return Measure(count, count)


def advert_share(view: GroupView) -> Measure:
    """Share of members' messages that look like adverts."""
    rows = view.recent(91, until=view.anchor)
    return share(int(view.log.advert[rows].sum()), len(rows))


def weeks_of(times: np.ndarray[tuple[int], np.dtype[np.int64]], at: int, weeks: int) -> list[int]:
    """Counts by week, the last week ending at ``at``."""
    index = weeks - 1 - (at - 1 - times) // WEEK
    return [int(n) for n in np.bincount(index[(index >= 0) & (index < weeks)], minlength=weeks)]
