# ruff: noqa: E501  markup and sentences stay on their lines
"""The end of the report: how it was measured, and what every word means."""

from html import escape

from hearth.insight.queries.figures import figures
from hearth.insight.queries.report.words import Words, _
from hearth.insight.rules import risk
from hearth.insight.rules.wording import TEMPERATURES
from hearth.insight.types import Diagnosis

BASES = {
    "threads": _("Talk stands in threads: whatever another person writes next in a thread answers."),
    "replies": _("The archive carries replies: an answer is a reply by another person."),
    "inferred": _(
        "The archive carries no replies: an answer is inferred from a quote, a mention of the asker, or the next message by "
        "another person within 15 minutes (a day after a question)."
    ),
}
METHOD = (
    _("Everything is measured from the last ordinary message, or from the day asked for. Members’ own messages count as life; "
      "posts by staff, schedules and bots are input and shown apart."),
    _("Where memberships are not known, members are those who ever wrote."),
    _("Shares with fewer than five observations are not shown."),
)  # fmt: skip
RISK = _(
    "The chance of falling silent (fewer than two members write in weeks five to eight from now) is a logistic model on "
    "authors, messages, their trend, recency and the best month of half a year, fitted on public archives. In communities it had "
    "not seen: AUC {auc}, against {naive} for counting messages. It is asked only of groups with three authors in 28 days and "
    "eight weeks of age."
)


def section(diagnosis: Diagnosis, words: Words) -> str:
    """Method, stages and metrics."""
    measured = risk.measured()
    method = "".join(f"<p>{words.html(text)}</p>" for text in (*METHOD, BASES[diagnosis.reply_basis]))
    model = words.html(
        RISK, {"auc": f"{measured['model']['auc']:.2f}", "naive": f"{measured['naive_messages_28d']['auc']:.2f}"}
    )
    stages = "".join(
        f"<dt>{warmth.icon} {words.html(warmth.word)} <span class='muted small'>{stage.value}</span></dt><dd>{words.html(warmth.meaning)}</dd>"
        for stage, warmth in TEMPERATURES.items()
    )
    metrics = "".join(
        f'<dt id="def-{metric.name}">{words.html(metric.title)} <span class="muted small">{escape(metric.name)}</span></dt>'
        f"<dd>{words.html(metric.definition)}</dd>"
        for metric in figures()
    )
    return (
        f"<h2>{words.html(_('How this was measured'))}</h2>{method}<p>{model}</p>"
        f"<h2>{words.html(_('What the words mean'))}</h2><dl class='defs'>{stages}{metrics}</dl>"
    )
