"""Which messages look like adverts: a modest, explained rule set. No model, no learning, every hit has a reason.

A message is an advert when its signals together weigh at least ``THRESHOLD``. One signal alone is seldom enough:
people in honest groups share links, name prices and exchange contacts. The phrases live in ``advert_phrases.py``
(English, Chinese, Russian); precision and recall on labelled sets are printed by ``bench/adverts.py``. On ordinary talk
the rules are tuned to stay silent: a false alarm here accuses a member.
"""

import re
from typing import NamedTuple

from hearth.insight.rules.advert_phrases import SIGNAL_PHRASES
from hearth.kit.language import has_link, links, without_links_and_code

THRESHOLD = 4
_READ = 1500


class Signal(NamedTuple):
    """A sign of advertising: a stable code, its weight and the pattern that shows it (on folded, lower-cased text)."""

    code: str
    weight: int
    pattern: re.Pattern[str]


SIGNALS: tuple[Signal, ...] = tuple(
    Signal(code, weight, re.compile("|".join(phrases))) for code, weight, phrases in SIGNAL_PHRASES
)

_STRONG = 2  # an advert shows at least one signal of this weight
_STRONG_SIGNALS = tuple(signal for signal in SIGNALS if signal.weight >= _STRONG)
_WEAK_SIGNALS = tuple(signal for signal in SIGNALS if signal.weight < _STRONG)
_CYRILLIC = re.compile(r"[а-яё]")
_GAP = re.compile(r"(?:\[\^[^\]]*\]|\.|\(\?:\[\\w'\\\"\]\+\\s\+\))\{\d,\d+\}")
# Latin letters that spammers put into Russian words to slip past filters.
_LOOKALIKES = str.maketrans("aceopxykutmnrhb", "асеорхукитмпгнв")
_WIDER = {chr(cyrillic): f"{chr(cyrillic)}{chr(latin)}" for latin, cyrillic in _LOOKALIKES.items()} | {
    r"\d": r"\p{Nd}",
    r"\s": r"\s\p{Z}\x0b\x1c-\x1f\x85",
}
_ASSERTION = re.compile(r"\\b|\(\?<?[!=](?:[^()]|\([^()]*\))*\)")


class Hints(NamedTuple):
    """RE2 and Python patterns for searching in bulk first: a text that can be an advert matches ``whole``, or both
    ``left`` and ``right`` and then ``joined``, which is slower. They are the strong phrases widened by what RE2 cannot
    say (guarded by a test).
    """

    whole: str
    left: str
    right: str
    joined: str


def _hints() -> Hints:
    # Quotes and code are taken out of a Russian text before it is judged, which can bring a phrase together.
    whole, left, right, joined = ["[а-яё]{3}.*[`>]", "[`>].*[а-яё]{3}"], [], [], []
    for phrase in (phrase for _, weight, phrases in SIGNAL_PHRASES if weight >= _STRONG for phrase in phrases):
        parts = _GAP.split(_ASSERTION.sub("", phrase))
        if _CYRILLIC.search(phrase) is not None:
            parts = [_loose(part) for part in parts]
        first, *rest = parts
        if rest and _balanced(first) and _balanced(rest[-1]):
            left.append(first)
            right.append(rest[-1])
            joined.append(f"(?:{first}).*(?:{rest[-1]})")
        else:
            whole.append(".*".join(parts))
    return Hints(*("(?is)" + "|".join(parts) for parts in (whole, left, right, joined)))


def _loose(phrase: str) -> str:
    """A Russian phrase as it may stand before ``fold``, and in RE2, whose ``\\w`` and its kin know ASCII alone."""
    phrase = phrase.replace(r"\w*", r"\S*").replace(r"\w+", r"\S*")
    out, inside = [], False
    for piece in re.findall(r"\\.|.", phrase):
        inside = (inside or piece == "[") and piece != "]"
        wider = _WIDER.get(piece)
        out.append(piece if wider is None else wider if inside else f"[{wider}]")
    return "".join(out)


def _balanced(part: str) -> bool:
    try:
        re.compile(part)
    except re.error:
        return False
    return True


HINTS = _hints()
_EMOJI_RUN = re.compile("(?:[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?\\s*){3}")
_EMOJI = re.compile("[\U0001f300-\U0001faff]")
_EMOJI_MANY = 5
_LATIN_IN_CYRILLIC = re.compile(r"\b(?=\w*[а-яё])\w*[a-z]\w*\b")


def advert_signals(text: str) -> list[str]:
    """The codes of the signals a message shows, in the catalogue's order."""
    return [signal.code for signal in _found(fold(text))]


def looks_like_advert(text: str) -> bool:
    """Whether the message's signals together weigh enough."""
    low = fold(text)
    weight = sum(signal.weight for signal in _STRONG_SIGNALS if signal.pattern.search(low) is not None)
    if not weight:
        return False
    weight += sum(signal.weight for signal in _WEAK_SIGNALS if signal.pattern.search(low) is not None)
    return weight + has_link(text) + _is_gaudy(text[:_READ]) >= THRESHOLD


def _is_gaudy(text: str) -> bool:
    return _EMOJI_RUN.search(text) is not None or len(_EMOJI.findall(text)) >= _EMOJI_MANY


def fold(text: str) -> str:
    """Lower case, code and quotes away, look-alike letters in Russian words set right."""
    low = text[:_READ].lower()
    if "`" in low or ">" in low:
        low = f"{without_links_and_code(low)} {' '.join(links(low))}"
    if _CYRILLIC.search(low) is not None:
        low = _LATIN_IN_CYRILLIC.sub(lambda word: word.group().translate(_LOOKALIKES), low)
    return low


def _found(low: str) -> list[Signal]:
    return [signal for signal in SIGNALS if signal.pattern.search(low) is not None]
