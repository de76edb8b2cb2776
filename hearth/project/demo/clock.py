"""Day and week of a clinic network: when people talk, and how long they take to answer."""

import math
import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE_NAME = "Asia/Shanghai"
ZONE = ZoneInfo(ZONE_NAME)

# Relative weight of each hour of the local day: ward rounds, the lunch lull, the evening.
HOURS = {
    "doctors": (2, 1, 1, 1, 1, 2, 5, 14, 18, 15, 14, 13, 19, 14, 12, 13, 14, 16, 13, 14, 19, 20, 13, 6),
    "shifts": (9, 7, 6, 5, 5, 6, 9, 14, 14, 12, 12, 12, 13, 12, 12, 13, 14, 14, 13, 14, 15, 15, 14, 12),
    "patients": (1, 1, 0.5, 0.5, 1, 4, 11, 17, 14, 11, 11, 12, 15, 10, 9, 10, 11, 12, 15, 20, 23, 19, 9, 3),
}
WEEKDAYS = {
    "doctors": (1.15, 1.1, 1.1, 1.15, 1.0, 0.5, 0.42),
    "shifts": (1.05, 1.0, 0.95, 1.0, 1.1, 0.95, 0.85),
    "patients": (1.0, 0.95, 1.0, 0.95, 1.0, 1.1, 1.05),
}
FAST_MEDIAN_MINUTES = 7.0
NIGHT_ENDS = 7


def local(at: datetime) -> datetime:
    """``at`` on the clinics' clock."""
    return at.astimezone(ZONE)


def start_times(rng: random.Random, rhythm: str, day: datetime, mean: float) -> list[datetime]:
    """Times of about ``mean`` conversation starts on the local day that begins at ``day`` (Poisson)."""
    hours = HOURS[rhythm]
    count = poisson(rng, mean * WEEKDAYS[rhythm][local(day).weekday()])
    picked = rng.choices(range(24), weights=hours, k=count)
    return sorted(day + timedelta(hours=hour, seconds=rng.uniform(0, 3599)) for hour in picked)


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson number with a small mean (Knuth)."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def quick_delay(rng: random.Random) -> timedelta:
    """Minutes: somebody has the phone in hand."""
    return timedelta(minutes=min(rng.lognormvariate(math.log(FAST_MEDIAN_MINUTES), 1.0), 170))


def slow_delay(rng: random.Random) -> timedelta:
    """The next day: after the night, or when the round is over."""
    return timedelta(hours=rng.triangular(9, 26, 20))


def first_delay(rng: random.Random, quick_share: float) -> timedelta:
    """How long the first answer takes: minutes or the next day."""
    return quick_delay(rng) if rng.random() < quick_share else slow_delay(rng)


def wake(rng: random.Random, at: datetime, rhythm: str) -> datetime:
    """``at``, moved to the morning when it falls into the night (shift workers mostly stay awake)."""
    here = local(at)
    asleep = here.hour < NIGHT_ENDS - 1
    if not asleep or rng.random() < (0.75 if rhythm == "shifts" else 0.08):
        return at
    morning = here.replace(hour=NIGHT_ENDS, minute=0, second=0, microsecond=0)
    return (morning + timedelta(seconds=rng.triangular(0, 7000, 1800))).astimezone(at.tzinfo)
