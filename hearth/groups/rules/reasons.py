"""Reasons that the house itself gives for what it does; kept in English, and read in the language of the reader."""

from typing import Final

from hearth.kit.text import noted

NOT_DESCRIBED: Final = noted("Not in the blueprint any more.")
ROLLED_BACK: Final = noted("Rolled back together with what had opened it.")
NAMED_TO_TEND: Final = noted("Named by the blueprint to tend the group.")
OF_THE_HOUSE: Final = frozenset({NOT_DESCRIBED, ROLLED_BACK, NAMED_TO_TEND})
