"""Names and numbers compared as a person would: width, case, spaces, signs, the order of words and which of the two
Chinese scripts do not matter.
"""

import re
import unicodedata
from collections.abc import Iterable

from hearth.kit.chinese import simplified

_WORD = re.compile(r"[^\W_]+")
_TITLES = frozenset(("dr", "prof", "professor", "doctor", "mr", "mrs", "ms", "医生", "医师", "教授", "主任"))


def words(text: str) -> list[str]:
    """The words of a name in a plain form, without accents and titles, sorted."""
    return sorted(_in_order(text))


def _in_order(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", simplified(unicodedata.normalize("NFKC", text))).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word for word in _WORD.findall(plain) if word not in _TITLES]


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same words; empty ones are nobody's."""
    found = words(one)
    return bool(found) and found == words(other)


def nothing_differs(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two people of one name may be one: whatever is told of both, in the same order, is the same."""
    return all(not first or not second or first == second for first, second in zip(one, other, strict=True))


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts are the same words, or the same but for spaces (北京 协和医院, 北京协和医院)."""
    return same_name(one, other) or "".join(_in_order(one)) == "".join(_in_order(other)) != ""


def same_place(one: str, other: str) -> bool:
    """Whether two institutions are the same, or one is named within the other ("St Lucas" in "St Lucas Hospital")."""
    first, second = words(one), words(other)
    if not first or not second:
        return False
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    short, long = sorted(("".join(first), "".join(second)), key=len)
    return len(short) >= 2 and not short.isascii() and short in long  # 圣路加 in 圣路加医院


def plain_number(text: str) -> str:
    """A licence number without spaces and signs, in upper case."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def mail_domain(address: str) -> str:
    """The domain of an address in lower case, '' for what is none."""
    local, at, domain = address.strip().lower().rpartition("@")
    good = (
        at
        and local
        and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain)
        and not re.search(r"[\s<>,;\x00-\x1f]", local)
    )
    return domain if good else ""


def of_institution(address: str, domains: list[str]) -> bool:
    """Whether an address lies in one of the domains or below it."""
    domain = mail_domain(address)
    return bool(domain) and any(domain == one or domain.endswith("." + one) for one in domains)


def closes_ring(vouches: list[tuple[int, int]], voucher: int, member: int) -> bool:
    """Whether ``voucher`` vouching for ``member`` would close a ring of (voucher, vouched for) pairs."""
    of: dict[int, list[int]] = {}
    for one, other in vouches:
        of.setdefault(one, []).append(other)
    seen, waiting = {member}, [member]
    while waiting:
        for reached in of.get(waiting.pop(), ()):
            if reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    return voucher in seen
