"""The kinds of conditions that a door of a group has by itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hearth.groups.rules.gates import (
    PASSED,
    Answer,
    Case,
    Condition,
    Field,
    GateFault,
    GateKind,
    Params,
    Verdict,
    gettext_noop,
)
from hearth.groups.rules.known import KINDS, UNKNOWN, same, unknown
from hearth.groups.rules.ranks import RANKS


def _refused(sentence: str, **params: Any) -> Verdict:
    return Verdict(Answer.REFUSED, sentence, params)


def _asks(sentence: str, **params: Any) -> Verdict:
    return Verdict(Answer.ASKS, sentence, params)


def _waits(sentence: str, **params: Any) -> Verdict:
    return Verdict(Answer.WAITS, sentence, params)


def key_of(kind: str, params: Params) -> str:
    """The key of a condition of this kind: see ``Condition.key``."""
    return Condition(kind, params).key


# --- question


def _take_text(_params: Params, given: Any, _before: Mapping[str, Any], _moment: datetime) -> dict[str, Any] | None:
    text = str(given or "").strip()[:2000]
    return {"text": text} if text else None


def _judge_question(params: Params, case: Case) -> Verdict:
    if not case.answers.get(key_of("question", params), {}).get("text"):
        return _asks(gettext_noop("Answer the question."))
    if params["decides"] == "keeper" and not case.approved_by:
        return _waits(gettext_noop("A keeper reads your answer."))
    return PASSED


QUESTION = GateKind(
    "question",
    gettext_noop("Question"),
    (
        Field("question", gettext_noop("Question"), required=True, high=500),
        Field(
            "decides",
            gettext_noop("Who decides"),
            "choice",
            "any",
            choices=(("any", gettext_noop("Any answer passes")), ("keeper", gettext_noop("A keeper reads the answer"))),
        ),
    ),
    words=lambda params: (gettext_noop("Answers the question: %(question)s"), params),
    judge=_judge_question,
    take=_take_text,
    asks="text",
)

# --- task


def _take_done(_params: Params, given: Any, _before: Mapping[str, Any], moment: datetime) -> dict[str, Any] | None:
    return {"done": moment.isoformat()} if given else None


def _judge_task(params: Params, case: Case) -> Verdict:
    if not case.answers.get(key_of("task", params)):
        return _asks(gettext_noop("Do the task and say so here."))
    return PASSED if case.approved_by else _waits(gettext_noop("A keeper confirms that the task is done."))


TASK = GateKind(
    "task",
    gettext_noop("Task"),
    (Field("task", gettext_noop("What is to be done"), required=True, high=500),),
    words=lambda params: (gettext_noop("Does this, and a keeper confirms it: %(task)s"), params),
    judge=_judge_task,
    take=_take_done,
    asks="tick",
)

# --- quiz


def quiz_of(params: Params) -> list[tuple[str, list[str]]]:
    """(question, its options, the right one first) of a quiz."""
    rows = [[part.strip() for part in row.split("|")] for row in params["questions"]]
    return [(row[0], row[1:]) for row in rows]


def _check_quiz(params: Params) -> None:
    for question, options in quiz_of(params):
        if not question or len(options) < 2 or "" in options or len(set(options)) != len(options):
            raise GateFault(
                gettext_noop("Write each question as: question | right answer | wrong answer | …"), "questions"
            )


def _take_quiz(params: Params, given: Any, before: Mapping[str, Any], moment: datetime) -> dict[str, Any] | None:
    chosen = list(given) if isinstance(given, list) else []
    questions = quiz_of(params)
    if not any(chosen) or _next_try(params, before, moment) is not None:
        return None  # nothing given, or a try before its time: it does not count
    right = sum(1 for n, (_question, options) in enumerate(questions) if n < len(chosen) and chosen[n] == options[0])
    share = right * 100 // len(questions)
    return {"tries": [*before.get("tries", []), {"at": moment.isoformat(), "percent": share}][-50:]}


def _next_try(params: Params, kept: Mapping[str, Any], moment: datetime) -> datetime | None:
    """When the next try is open; None for now. After every ``tries`` tries one waits ``wait_hours``."""
    tries = kept.get("tries", [])
    if not tries or len(tries) % params["tries"]:
        return None
    opens = datetime.fromisoformat(tries[-1]["at"]) + timedelta(hours=params["wait_hours"])
    return opens if moment < opens else None


def _judge_quiz(params: Params, case: Case) -> Verdict:
    kept = case.answers.get(key_of("quiz", params), {})
    best = max((one["percent"] for one in kept.get("tries", [])), default=-1)
    if best >= params["pass_percent"]:
        return PASSED
    opens = _next_try(params, kept, case.moment)
    if opens is not None:
        told = {"percent": best, "needed": params["pass_percent"], "until": opens.isoformat()}
        return _refused(
            gettext_noop("%(percent)s %% were right, %(needed)s %% are needed. You can try again from %(until)s on."),
            **told,
        )
    if best < 0:
        return _asks(gettext_noop("Take the quiz."))
    return _asks(
        gettext_noop("%(percent)s %% were right, %(needed)s %% are needed. Try again."),
        percent=best,
        needed=params["pass_percent"],
    )


QUIZ = GateKind(
    "quiz",
    gettext_noop("Quiz"),
    (
        Field(
            "questions",
            gettext_noop("Questions"),
            "lines",
            required=True,
            high=500,
            help=gettext_noop("One to a line: question | right answer | wrong answer | another wrong answer"),
        ),
        Field("pass_percent", gettext_noop("Right answers needed, in percent"), "number", 80, low=1, high=100),
        Field("tries", gettext_noop("Tries before a pause"), "number", 3, low=1, high=10),
        Field("wait_hours", gettext_noop("Length of the pause in hours"), "number", 24, low=1, high=720),
    ),
    words=lambda params: (
        gettext_noop("Passes a quiz of %(count)s questions with %(pass_percent)s %% right"),
        {**params, "count": len(params["questions"])},
    ),
    judge=_judge_quiz,
    check=_check_quiz,
    take=_take_quiz,
    asks="quiz",
)

# --- invitation


def _judge_invitation(params: Params, case: Case) -> Verdict:
    if case.invited_as and RANKS.get(case.invited_as, -1) >= RANKS[params["by"]]:
        return PASSED
    if params["by"] == "member":
        return _refused(gettext_noop("Ask a member of the group for an invitation."))
    return _refused(gettext_noop("Ask a keeper of the group for an invitation."))


INVITATION = GateKind(
    "invitation",
    gettext_noop("Invitation"),
    (
        Field(
            "by",
            gettext_noop("By whom"),
            "choice",
            "member",
            choices=(
                ("member", gettext_noop("any member of the group")),
                ("keeper", gettext_noop("a keeper or the owner of record")),
                ("owner", gettext_noop("the owner of record")),
            ),
        ),
    ),
    words=lambda params: (
        {
            "member": gettext_noop("Is invited by a member of the group"),
            "keeper": gettext_noop("Is invited by a keeper of the group"),
            "owner": gettext_noop("Is invited by the owner of record"),
        }[params["by"]],
        {},
    ),
    judge=_judge_invitation,
)

# --- segment

_WORDS_OF = {
    "kinds": gettext_noop("Is one of: %(values)s"),
    "departments": gettext_noop("Works in the department %(values)s"),
    "hospitals": gettext_noop("Works at %(values)s"),
    "cities": gettext_noop("Lives or works in %(values)s"),
    "tags": gettext_noop("Carries the tag %(values)s"),
}
_OWN = {"departments": "department", "hospitals": "hospital", "cities": "city", "kinds": "kind"}
_EMPTY = {
    "departments": gettext_noop("Fill in your department: this group is for %(values)s."),
    "hospitals": gettext_noop("Fill in your hospital: this group is for %(values)s."),
    "cities": gettext_noop("Fill in your city: this group is for %(values)s."),
}


def _judge_segment(params: Params, case: Case) -> Verdict:
    for name, sentence in _WORDS_OF.items():
        wanted = {same(value) for value in params[name]}
        if not wanted:
            continue
        mine = case.member.tags if name == "tags" else {getattr(case.member, _OWN[name])}
        if wanted & {same(value) for value in mine}:
            continue
        told = {"values": tuple(params[name])}
        if name in _EMPTY and not any(mine):
            return _asks(_EMPTY[name], **told)
        return _refused(_NOT_FOR_YOU.get(name, sentence), **told)
    if params["verified"] and not case.member.verified:
        return _refused(gettext_noop("This group is for verified professionals. Ask for verification in your profile."))
    return PASSED


_NOT_FOR_YOU = {
    "kinds": gettext_noop("This group is for: %(values)s."),
    "departments": gettext_noop("This group is for the department %(values)s."),
    "hospitals": gettext_noop("This group is for people of %(values)s."),
    "cities": gettext_noop("This group is for people in %(values)s."),
    "tags": gettext_noop("This group is for people whom the team has marked “%(values)s”."),
}


def _check_segment(params: Params) -> None:
    if not params["verified"] and not any(params[name] for name in _WORDS_OF):
        raise GateFault(gettext_noop("Say at least one thing that a member must be."), "departments")
    stray = unknown(params["kinds"], {kind: kind for kind in KINDS})
    if stray is not None:
        raise GateFault(UNKNOWN, "kinds", value=stray, known=KINDS)


def _words_of_segment(params: Params) -> tuple[str, Mapping[str, Any]]:
    told = [name for name in _WORDS_OF if params[name]]
    if len(told) == 1 and not params["verified"]:
        return _WORDS_OF[told[0]], {"values": tuple(params[told[0]])}
    if not told:
        return gettext_noop("Is a verified professional"), {}
    values = tuple(tuple(params[name]) for name in told)
    return (
        gettext_noop("Is verified and fits: %(values)s")
        if params["verified"]
        else gettext_noop("Fits all of: %(values)s")
    ), {"values": values}


SEGMENT = GateKind(
    "segment",
    gettext_noop("Who somebody is"),
    (
        Field(
            "departments",
            gettext_noop("Departments"),
            "lines",
            high=120,
            help=gettext_noop("One to a line; any of them will do."),
        ),
        Field("hospitals", gettext_noop("Hospitals"), "lines", high=120),
        Field("cities", gettext_noop("Cities"), "lines", high=80),
        Field(
            "kinds",
            gettext_noop("Kinds of members"),
            "lines",
            high=20,
            help=gettext_noop("professional, patient, customer, staff or guest"),
        ),
        Field(
            "tags", gettext_noop("Tags"), "lines", high=60, help=gettext_noop("Tags about health never open a door.")
        ),
        Field("verified", gettext_noop("Verified professionals only"), "flag", default=False),
    ),
    words=_words_of_segment,
    judge=_judge_segment,
    check=_check_segment,
)

# --- approval


def _judge_approval(params: Params, case: Case) -> Verdict:
    if case.approved_by == "staff" or (case.approved_by and params["by"] == "keeper"):
        return PASSED
    return _waits(gettext_noop("A keeper decides.") if params["by"] == "keeper" else gettext_noop("The team decides."))


APPROVAL = GateKind(
    "approval",
    gettext_noop("Approval"),
    (
        Field(
            "by",
            gettext_noop("By whom"),
            "choice",
            "keeper",
            choices=(("keeper", gettext_noop("a keeper or the team")), ("staff", gettext_noop("the team alone"))),
        ),
    ),
    words=lambda params: (
        gettext_noop("A keeper agrees") if params["by"] == "keeper" else gettext_noop("The team agrees"),
        {},
    ),
    judge=_judge_approval,
)

# --- level and fee: what they rest on comes from other modules


def _judge_level(params: Params, case: Case) -> Verdict:
    if case.member.level is None:
        return _refused(gettext_noop("This cannot be checked at present. Ask the keepers."))
    if case.member.level >= params["least"]:
        return PASSED
    return _refused(
        gettext_noop("You are at level %(level)s; level %(least)s is needed."),
        level=case.member.level,
        least=params["least"],
    )


def _judge_fee(_params: Params, case: Case) -> Verdict:
    if case.member.paid is None:
        return _refused(gettext_noop("This cannot be checked at present. Ask the keepers."))
    return PASSED if case.member.paid else _refused(gettext_noop("Pay the fee first."))


LEVEL = GateKind(
    "level",
    gettext_noop("Level"),
    (Field("least", gettext_noop("Level needed"), "number", 1, low=1, high=100),),
    words=lambda params: (gettext_noop("Has reached level %(least)s"), params),
    judge=_judge_level,
    waits_for="recognition",
)
FEE = GateKind(
    "fee",
    gettext_noop("Fee"),
    (Field("offer", gettext_noop("Which offer"), required=True, high=60),),
    words=lambda params: (gettext_noop("Has paid for %(offer)s"), params),
    judge=_judge_fee,
    waits_for="commerce",
)
BY_ITSELF = (QUESTION, TASK, QUIZ, INVITATION, SEGMENT, APPROVAL)
