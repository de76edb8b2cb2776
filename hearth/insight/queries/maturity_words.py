"""What the stages of maturity are called."""

from django.utils.translation import pgettext_lazy

from hearth.insight.rules.maturity import MaturityStage
from hearth.ui.types import Text

NAMES: dict[MaturityStage, Text] = {
    MaturityStage.NONE: pgettext_lazy("maturity", "Not gathered yet"),
    MaturityStage.GATHERED: pgettext_lazy("maturity", "Gathered"),
    MaturityStage.COMMUNICATORS: pgettext_lazy("maturity", "Strong communicators"),
    MaturityStage.GOAL: pgettext_lazy("maturity", "A common goal"),
    MaturityStage.INFLOW: pgettext_lazy("maturity", "Steady inflow"),
    MaturityStage.DUTIES: pgettext_lazy("maturity", "Divided duties"),
    MaturityStage.EARNING: pgettext_lazy("maturity", "Earning"),
    MaturityStage.COMMERCIAL: pgettext_lazy("maturity", "Commercial"),
}
