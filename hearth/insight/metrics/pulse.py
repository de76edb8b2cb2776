"""Metrics read off the pulse, a fitted model (docs/explanation/pulse.md).

They are kept day by day, because no refresh can compute them for the past again.
"""

from django.utils.translation import gettext_noop as _

from hearth.core.metrics import metric
from hearth.insight.queries.pulse_days import PulseKept
from hearth.insight.rules.energy import LEAST_OWN, LEAST_SEEDS, WINDOW_DAYS
from hearth.insight.rules.panel import LEAST_AUTHORS
from hearth.insight.rules.signs import LOOK_BACK

metric(
    "vitality",
    title=_("Vitality"),
    definition=_(
        "100 × (1 − chance that fewer than two members write in the fifth to eighth week from now), by the fitted "
        "model of the pulse. For groups of at least eight weeks with three authors in 28 days."
    ),
    family="retention",
    unit="score",
    direction=1,
    window_days=LOOK_BACK,
    minimum=LEAST_AUTHORS,
    grains=("group",),
    kept=PulseKept("vitality", "authors", "risk_note"),
)
metric(
    "feeding_dependence",
    title=_("Dependence on feeding"),
    definition=_(
        "Share of members' messages of eight weeks that would vanish if staff, schedules, bots and partners posted "
        "nothing any more, by the energy model of the pulse (two-input Hawkes)."
    ),
    family="engagement",
    unit="share",
    direction=-1,
    window_days=WINDOW_DAYS,
    minimum=LEAST_OWN,
    seeded="both",
    grains=("group",),
    kept=PulseKept("dependence", "own", "energy_note"),
)
metric(
    "spontaneous_level",
    title=_("Would remain without feeding"),
    definition=_(
        "Members' messages a day that would go on if nothing were fed any more, by the energy model of the pulse."
    ),
    family="engagement",
    unit="per day",
    direction=1,
    window_days=WINDOW_DAYS,
    minimum=LEAST_OWN,
    seeded="both",
    grains=("group",),
    kept=PulseKept("remains", "own", "energy_note"),
)
metric(
    "yield_per_seed",
    title=_("One fed message brings"),
    definition=_(
        "Members' messages that answer a fed one, and all that follows from them, on average, by the energy model of "
        "the pulse."
    ),
    family="engagement",
    unit="ratio",
    direction=1,
    window_days=WINDOW_DAYS,
    minimum=LEAST_SEEDS,
    seeded="both",
    grains=("group",),
    kept=PulseKept("per_seed", "seeds", "energy_note"),
)
metric(
    "groups_cooling",
    title=_("Groups that cool"),
    definition=_("Groups whose stage of life is cooling, embers or cold."),
    family="retention",
    unit="count",
    direction=-1,
    window_days=None,
    grains=("community",),
    kept=PulseKept("cooling", "own", "risk_note"),
)
