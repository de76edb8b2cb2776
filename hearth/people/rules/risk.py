"""How carefully a case must be looked at: points for each sign, added up, every point explained.

The points are a rule of thumb for reviewers, no estimate of a chance: one grave sign, or two light ones beside missing
proof, make a case *high*, which two people must confirm. They are few and fixed, so that a reviewer can follow the sum.
"""

from dataclasses import dataclass, field

HIGH, MEDIUM = 50, 25
MOST = 100
VERY_NEW_DAYS = 3
FREE_MAIL = {
    *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "mail.ru"),
    *("proton.me", "protonmail.com", "gmx.de", "gmx.net", "qq.com", "163.com", "126.com", "139.com", "sina.com"),
    *("foxmail.com", "yeah.net", "sohu.com"),
}
POINTS = {
    "document_used": 60,  # the same file stood for another member
    "licence_used": 60,  # the same number stands for another member
    "registry_name": 45,
    "registry_ended": 45,
    "registry_none": 25,
    "registry_place": 10,
    "voucher_risky": 20,
    "voucher_new": 10,
    "free_mail": 10,
    "very_new": 15,
    "refused_before": 15,
    "name_changed": 10,
    "only_number": 25,  # nothing beside a number that nobody checked
    "nothing": 40,
}


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a case. ``registry``: "" not asked, or none, name, place, ended, match."""

    registry: str = ""
    document_used: bool = False
    licence_used: bool = False
    account_days: int = 0
    mail_domain: str = ""
    vouchers: tuple[tuple[int, int], ...] = ()  # (risk at their own verification, days since it)
    refused_before: bool = False
    name_changed: bool = False
    kinds: frozenset[str] = field(default_factory=frozenset)  # of evidence in force


@dataclass(frozen=True, slots=True)
class Risk:
    """The sum (0 to 100) and what raised it: (code, points), the gravest first."""

    score: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def level(self) -> str:
        """high, medium or low."""
        return level_of(self.score)


def level_of(score: int) -> str:
    """high, medium or low."""
    return "high" if score >= HIGH else "medium" if score >= MEDIUM else "low"


def risk_of(signs: Signs) -> Risk:
    """The risk of a case."""
    found = {
        "document_used": signs.document_used,
        "licence_used": signs.licence_used,
        "registry_none": signs.registry == "none",
        "registry_name": signs.registry == "name",
        "registry_ended": signs.registry == "ended",
        "registry_place": signs.registry == "place",
        "voucher_risky": any(risk >= MEDIUM for risk, _days in signs.vouchers),
        "voucher_new": any(days < VERY_NEW_DAYS * 10 for _risk, days in signs.vouchers),
        "free_mail": signs.mail_domain in FREE_MAIL and "mail" not in signs.kinds,
        "very_new": signs.account_days < VERY_NEW_DAYS,
        "refused_before": signs.refused_before,
        "name_changed": signs.name_changed,
        "only_number": signs.kinds == {"licence"} and signs.registry == "",
        "nothing": not signs.kinds,
    }
    reasons = sorted(((code, POINTS[code]) for code, holds in found.items() if holds), key=lambda one: -one[1])
    return Risk(min(MOST, sum(points for _code, points in reasons)), tuple(reasons))
