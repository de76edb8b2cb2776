"""What a diagnosis says, ready for page, terminal, JSON and report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Number = float | int | str


class Stage(StrEnum):
    """Stage of life of a group, from the coldest."""

    DEAD = "dead"
    DORMANT = "dormant"
    DECLINING = "declining"
    INCEPTION = "inception"
    GROWTH = "growth"
    MATURITY = "maturity"
    READY_TO_SPLIT = "ready_to_split"
    COMPLETED = "completed"


WARM = (Stage.GROWTH, Stage.MATURITY, Stage.READY_TO_SPLIT)  # what has only begun is not known to be warm yet


class ReasonCode(StrEnum):
    """Why a group is not well. Stable: other programs read these."""

    SILENCE = "silence"
    DECLINE = "decline"
    UNANSWERED = "unanswered"
    ADVERTS = "adverts"
    ONE_PERSON_SHOW = "one_person_show"
    NEWCOMERS_LOST = "newcomers_lost"
    FED_ONLY = "fed_only"
    TEMPLATED = "templated"
    THIN = "thin"
    SELF_PROMOTION = "self_promotion"
    BURSTS = "bursts"
    TONE = "tone"


class ChangeKind(StrEnum):
    """What changed. Stable: other programs read these."""

    STARTS_FALL = "starts_fall"
    AUTHORS_FALL = "authors_fall"
    UNANSWERED_RISE = "unanswered_rise"
    ADVERTS_RISE = "adverts_rise"


class AlarmReason(StrEnum):
    """Why somebody dismissed an alarm."""

    EXPECTED = "expected"
    TOO_SMALL = "too_small"
    WRONG = "wrong"


class Bound(StrEnum):
    """From which side a goal is reached."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class GoalState(StrEnum):
    """How a goal stands. *Coming* means not reached, and not yet due."""

    REACHED = "reached"
    COMING = "coming"
    MISSED = "missed"
    UNKNOWN = "unknown"


Note = Literal["too_few", "too_young", "no_data", "more_than_half_open", "already_cold"]
EnergyNote = Literal["not_fed", "too_few", "few_seeds", "same_hour", "cannot_tell", "beyond"]


class Tile(StrEnum):
    """What the inputs of the risk speak of. Stable: other programs read these."""

    STARTS = "starts"
    BREADTH = "breadth"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence to translate: the English sentence as message id, and what fills it."""

    msgid: str
    params: Mapping[str, Number] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid.format_map(self.params)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One message that shows it; times in ms since 1970 UTC."""

    message: str
    channel: str
    author: str
    at: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause with its numbers, messages that show it, and one suggested play."""

    code: ReasonCode
    text: Text
    play: Text
    numbers: Mapping[str, float | int | None]
    evidence: tuple[Evidence, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Driver:
    """What one tile adds to the log-odds of dormancy beside a middling group (above 0: raises it), and what helps."""

    tile: Tile
    log_odds: float
    text: Text
    play: Text


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with the interval that holds it in nine cases of ten."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Energy:
    """Where a group's talk comes from, over ``days``: its members or what is fed to it.

    ``remains``: members' messages a day that would remain if feeding stopped, of ``level`` a day now. ``dependence``:
    the share that would vanish. ``per_seed``: members' messages that one seed brings. ``note`` says why something is
    missing; ``not_fed``: nobody feeds it, so nothing would vanish.
    """

    level: float
    seeds: float
    days: float
    remains: Estimate | None = None
    dependence: Estimate | None = None
    per_seed: Estimate | None = None
    note: EnergyNote | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that stands: since when (ms), what was usual and what came since, how sure (CUSUM score) and how dear.

    ``loss``: members' acts lost, or troubles more, in four weeks at this rate; a conversation start or an open question
    counts twice.
    """

    kind: ChangeKind
    since: int
    usual: float
    seen: int
    score: float
    loss: float
    text: Text
    play: Text
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Mainstay:
    """Somebody who carries a group: their share of the talk, first answers given, conversations opened."""

    name: str
    share: float
    messages: int
    answers: int
    starts: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """Activity by week, oldest first, the last one ending at the moment of diagnosis."""

    messages: tuple[int, ...]
    seeded: tuple[int, ...]
    authors: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupDiagnosis:
    """One group: stage, risk, why, and what to do. ``unanswered`` holds the newest open questions, ``open_lately``
    counts those of the last 28 days. ``risk_base`` and the drivers' log-odds add up to the log-odds of ``risk``.
    """

    id: str
    name: str
    members: int
    messages: int
    stage: Stage
    risk: float | None
    risk_note: Note | None
    anchor: int
    reasons: tuple[Reason, ...]
    metrics: Mapping[str, float | int | None]
    notes: Mapping[str, Note]
    mainstays: tuple[Mainstay, ...]
    unanswered: tuple[Evidence, ...]
    weeks: Weeks
    open_lately: int = 0
    risk_base: float | None = None
    drivers: tuple[Driver, ...] = ()
    energy: Energy | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One of the things to do next week: what, why, and where."""

    code: str
    text: Text
    why: Text
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A piece of the archive that could not be used: where it stands (line 0: the whole file), a code, a sentence."""

    file: str
    line: int
    code: str
    reason: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """The file, and the line where there are lines."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A whole archive or community at one moment, coldest group first."""

    at: int
    groups: tuple[GroupDiagnosis, ...]
    steps: tuple[Step, ...]
    members: int
    messages: int
    seeded: int
    mainstays: tuple[Mainstay, ...]
    reply_basis: str
    rejected: int
    excluded: Mapping[str, int]
    weeks: Weeks
    first_message: int | None = None
    format: str = ""
    rejections: tuple[Rejection, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether replies were guessed because the archive carries none."""
        return self.reply_basis == "inferred"

    def open_questions(self, count: int) -> list[tuple[GroupDiagnosis, Evidence]]:
        """The newest questions nobody answered, over all groups."""
        every = [(group, one) for group in self.groups for one in group.unanswered]
        return sorted(every, key=lambda pair: -pair[1].at)[:count]
