"""Energy in simulation: causes are known, so estimates and intervals can be held against them."""

import numpy as np

from bench.pulse.tables import table
from hearth.insight.rules.energy import WINDOW_DAYS, regular
from hearth.insight.rules.hawkes import RATES, Fit, alone, fit
from hearth.insight.rules.simulation import Truth, day_and_night, simulate
from hearth.insight.rules.warp import HOURS, profile, warp

RUNS = 60
CASES = ((0.3, 0.6, 2.0, 1.0), (2.0, 0.6, 1.0, 1.0), (0.05, 0.5, 3.0, 2.0), (5.0, 0.7, 0.5, 1.0))
DELAYS = {"an hour and a day": (24.0, 1.0), "eight hours": (3.0, 3.0), "two hours": (10.0, 10.0),
          "a quarter of an hour": (100.0, 100.0)}  # fmt: skip
KERNELS: dict[str, tuple[tuple[float, ...], ...]] = {
    "one, 12": ((12.0,),),
    "one, fitted (the likeliest of 1, 3, 10, 30, 100)": ((1.0,), (3.0,), (10.0,), (30.0,), (100.0,)),
    "two, 24 and 1": ((24.0, 1.0),),
    "three, 96, 12 and 1": ((96.0, 12.0, 1.0),),
    "shipped: five, 256, 64, 16, 4 and 1": (RATES,),
}


def energy_tables() -> dict[str, str]:
    """All tables by name."""
    return {"recovery": recovery(), "kernels": kernels(), "trap": trap()}


def fitted(truth: Truth, dice: np.random.Generator, rates: tuple[float, ...] = RATES) -> Fit:
    """One simulated group, eight weeks, with day and night, read as the product reads it."""
    own, seeds = simulate(truth, WINDOW_DAYS, dice, day_and_night())
    rhythm = profile(own)
    return fit(warp(own, rhythm), warp(seeds, rhythm), WINDOW_DAYS, rates)


def best(truth: Truth, dice: np.random.Generator, kernels: tuple[tuple[float, ...], ...]) -> Fit:
    """One simulated group by the likeliest of some kernels."""
    own, seeds = simulate(truth, WINDOW_DAYS, dice, day_and_night())
    rhythm = profile(own)
    fits = [fit(warp(own, rhythm), warp(seeds, rhythm), WINDOW_DAYS, rates) for rates in kernels]
    return max(fits, key=lambda one: float(one.likelihood.max()))


def told(found: list[tuple[float, float, float]], true: float, digits: int) -> list[str]:
    """True value, estimates with their spread, and how often the interval held the truth."""
    value, low, high = np.array(found).T
    held = float(((low <= true) & (true <= high)).mean())
    return [f"{true:.{digits}f}", f"{value.mean():.{digits}f} ± {value.std():.{digits}f}", f"{100 * held:.0f} %"]


def recovery() -> str:
    """The four cases for four speeds of answering."""
    rows = []
    for name, rates in DELAYS.items():
        for case in CASES:
            truth, dice = Truth(*case, rates=rates), np.random.default_rng(11)
            fits = [fitted(truth, dice) for _ in range(RUNS)]
            label = f"{case[0]:g}, {case[1]:g}, {case[2]:g}, {case[3]:g}; {name}"
            rows.append([label, *told([one.dependence() for one in fits], truth.dependence, 2),
                         *told([one.remains() for one in fits], truth.remains, 2),
                         *told([one.per_seed() for one in fits], truth.per_seed, 2)])  # fmt: skip
    names = ("dependence", "remains a day", "brought by a seed")
    head = [text for name in names for text in (name, "found", "held")]
    return table(("mu, n_oo, n_so, seeds a day; answers take", *head), rows)


def kernels() -> str:
    """Kernels against each other: mean error and how often the interval of the dependence held."""
    rows = []
    for name, kernels in KERNELS.items():
        errors, held = [], []
        for delays in DELAYS.values():
            for case in CASES:
                truth, dice = Truth(*case, rates=delays), np.random.default_rng(12)
                found = np.array([best(truth, dice, kernels).dependence() for _ in range(RUNS // 4)])
                errors.append(found[:, 0].mean() - truth.dependence)
                held.append(((found[:, 1] <= truth.dependence) & (truth.dependence <= found[:, 2])).mean())
        rows.append([name, f"{np.abs(errors).mean():.3f}",
                     f"{np.abs(errors).max():.2f}", f"{100 * np.mean(held):.0f} %"])  # fmt: skip
    return table(("kernel, rates a day", "mean error of the dependence", "worst", "intervals that held"), rows)


def trap() -> str:
    """Day and night without answers look like answers on the clock, not in warped time; regular seeds are refused."""
    rows = []
    for per_day in (15.0, 3.0):
        for n in (0.0, 0.3, 0.6, 0.9):
            dice, clock, warped = np.random.default_rng(13), [], []
            for _ in range(RUNS // 4):
                own, _ = simulate(Truth(per_day * (1 - n), n, 0.0, 0.0), WINDOW_DAYS, dice, day_and_night())
                rhythm = profile(own)
                clock.append(alone(warp(own, np.ones(HOURS)), WINDOW_DAYS)[1])
                warped.append(alone(warp(own, rhythm), WINDOW_DAYS)[1])
            rows.append(
                [f"{per_day:g}", f"{n:g}", f"{np.mean(clock):.2f}", f"{np.mean(warped):.2f} ± {np.std(warped):.2f}"]
            )
    found = [regular(simulate(Truth(1, 0.3, 1, 1), 56, np.random.default_rng(k), even_seeds=even)[1])
             for even in (True, False) for k in range(20)]  # fmt: skip
    told = (
        f"Seeds at the same hour every day refused: {sum(found[:20])} of 20; at random hours: {sum(found[20:])} of 20."
    )
    return table(("messages a day", "true n", "n on the clock", "n in warped time"), rows) + "\n\n" + told
