"""Evidence of how mature a community is, from modules that insight does not know: each fills in a source under a key.

::

    evidence("income_months", lambda moment: months_with_income(moment))

A source answers a number, or None while nothing can be told. Which keys count for what stands in
``hearth.insight.rules.maturity``; a key for which nobody answers is told as missing evidence, never as nought.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hearth.kit.registry import Registry

Told = Callable[[datetime], float | None]


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """``load(moment)`` tells the evidence for the community in scope as of a moment, in a fixed number of queries."""

    key: str
    load: Told


evidence_sources: Registry[EvidenceSource] = Registry("source of evidence")


def evidence(key: str, load: Told) -> EvidenceSource:
    """Register where the evidence of a key comes from."""
    return evidence_sources.register(key, EvidenceSource(key, load))
