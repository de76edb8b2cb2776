# ruff: noqa: E501  markup and sentences stay on their lines
"""One group in the report: a compact row that opens to reasons, evidence, plays, people and metrics."""

from collections.abc import Iterable
from html import escape

from hearth.insight.queries.figures import figures
from hearth.insight.queries.numbers import NOTES, day, percent, shown
from hearth.insight.queries.pulse_words import ENERGY_MEANS, driver_lines, energy_figures, energy_note
from hearth.insight.queries.report import charts
from hearth.insight.queries.report.words import Words, _
from hearth.insight.rules.wording import REASON_TITLES, TEMPERATURES
from hearth.insight.types import Evidence, GroupDiagnosis, Mainstay, Reason, Stage

_QUIET = (Stage.DEAD, Stage.COMPLETED)


def badge(stage: Stage, words: Words) -> str:
    """The temperature: colour, sign and word together."""
    warmth = TEMPERATURES[stage]
    return (
        f'<span class="badge" title="{words.html(warmth.meaning)}"><i style="--heat:var(--heat-{warmth.heat})"></i>'
        f'<span aria-hidden="true">{warmth.icon}</span>{words.html(warmth.word)}</span>'
    )


def row(group: GroupDiagnosis, anchor: str, at: int, words: Words, *, inferred: bool, printed: bool) -> str:
    """The group's row with everything inside; ``printed``: open on paper."""
    why = words.say(group.reasons[0].text) if group.reasons else words.html(_("Nothing presses."))
    codes = " ".join(reason.code.value for reason in group.reasons)
    return (
        f'<details class="group{" printed" if printed else ""}" id="{anchor}" data-name="{escape(group.name.lower())}" data-codes="{codes}">'
        f'<summary><span class="name">{escape(group.name) or "–"}</span>{badge(group.stage, words)}'
        f'<span class="why">{why}</span><span class="nums">{_numbers(group, words)}</span>{charts.strip(group.weeks, words)}</summary>'
        f'<div class="body">{_body(group, at, words, inferred=inferred)}</div></details>'
    )


def _numbers(group: GroupDiagnosis, words: Words) -> str:
    if group.risk is not None:
        return f"<b>{percent(group.risk)}</b> {words.html(_('risk'))}"
    if group.stage in (Stage.DEAD, Stage.DORMANT) and group.metrics["silence_days"] is not None:
        return words.html(_("{days} days"), {"days": int(group.metrics["silence_days"])})
    return words.html(_("{count} authors"), {"count": int(group.metrics["authors_28d"] or 0)})


def _body(group: GroupDiagnosis, at: int, words: Words, *, inferred: bool) -> str:
    parts = [_summary(group, at, words)]
    parts.extend(_reason(reason, words) for reason in group.reasons)
    if group.unanswered and not any(reason.code == "unanswered" for reason in group.reasons):
        title = words.html(_("Never answered"))
        parts.append(f"<h3>{title}</h3>{_quotes(group.unanswered[:5], words)}")
    if group.mainstays:
        parts.append(f"<h3>{words.html(_('Who carries it'))}</h3>{people(group.mainstays, words)}")
    if group.stage not in _QUIET:
        title = words(_("Weeks of {group}")).format(group=group.name)
        definition = words(_("Messages and authors per week"))
        parts.append(charts.activity(group.weeks, at, words, title=title, definition=definition))
    parts.append(_pulse(group, words))
    parts.append(_metrics(group, words, inferred=inferred))
    return "".join(parts)


def _summary(group: GroupDiagnosis, at: int, words: Words) -> str:
    meaning = words.html(TEMPERATURES[group.stage].meaning)
    if group.risk is not None:
        risk = words.html(
            _("Chance of falling silent within eight weeks: {percent}."), {"percent": percent(group.risk)}
        )
    else:
        note = words(NOTES[group.risk_note or "no_data"])
        risk = words.html(_("No forecast: {why}."), {"why": note})
    since = ""
    if group.anchor and group.anchor < at:
        since = " " + words.html(
            _("People and questions are measured in its last weeks of talk, until {date}."), {"date": day(group.anchor)}
        )
    return f"<p>{meaning} {risk}{since}</p>"


def _pulse(group: GroupDiagnosis, words: Words) -> str:
    parts = []
    if group.drivers:
        lines = "".join(
            f"<div><dt>{escape(one.title)} · {escape(one.effect)}</dt><dd>{escape(one.text)}</dd></div>"
            for one in driver_lines(group, words.translate)
        )
        parts.append(f"<h3>{words.html(_('What makes the risk'))}</h3><dl class='metrics'>{lines}</dl>")
    if group.energy is not None and group.energy.note != "not_fed" and group.stage not in _QUIET:
        figures = energy_figures(group.energy, words.translate)
        lines = "".join(
            f'<div><dt title="{escape(one.definition)}">{escape(one.title)}</dt><dd>{escape(one.value)} <span class="muted small">{escape(one.range)}</span></dd></div>'
            for one in figures
        )
        told = (
            f"<dl class='metrics'>{lines}</dl>"
            if figures
            else f"<p>{escape(energy_note(group.energy, words.translate))}</p>"
        )
        parts.append(f'<h3 title="{words.html(ENERGY_MEANS)}">{words.html(_("Energy"))}</h3>{told}')
    return "".join(parts)


def _reason(reason: Reason, words: Words) -> str:
    title = words.html(REASON_TITLES[reason.code])
    return (
        f'<section class="reason"><p>{title} · {words.say(reason.text)}</p>'
        f'<p class="play"><b>{words.html(_("Do next:"))}</b> {words.say(reason.play)}</p>{_quotes(reason.evidence, words)}</section>'
    )


def _quotes(messages: Iterable[Evidence], words: Words) -> str:
    return "".join(
        f"<blockquote>{escape(one.excerpt) or '–'}<cite>{escape(one.author)} · {day(one.at)} · "
        f'<span title="{escape(one.channel)}">{words.html(_("message"))} {escape(one.message)}</span></cite></blockquote>'
        for one in messages
    )


def people(mainstays: Iterable[Mainstay], words: Words) -> str:
    """Who wrote most, as bars in a table."""
    rows = "".join(
        f"<tr><td>{escape(one.name)}</td>"
        f'<td style="width:30%"><div class="bar" style="width:{max(1, round(100 * one.share))}%"></div></td>'
        f'<td class="n">{percent(one.share)}</td><td class="n">{one.messages}</td><td class="n">{one.answers}</td><td class="n">{one.starts}</td></tr>'
        for one in mainstays
    )
    heads = (_("share"), _("messages"), _("answers"), _("started"))
    cells = "".join(f'<th class="n" scope="col">{words.html(head)}</th>' for head in heads)
    return (
        f'<div class="scroll"><table class="people"><thead><tr><th scope="col">{words.html(_("member"))}</th><td></td>{cells}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _metrics(group: GroupDiagnosis, words: Words, *, inferred: bool) -> str:
    cells = []
    for metric in figures():
        value, note = group.metrics.get(metric.name), group.notes.get(metric.name)
        if value is None and group.stage in _QUIET:
            continue
        mark = " *" if inferred and metric.of_replies else ""
        cells.append(
            f'<div><dt><a href="#def-{metric.name}" title="{words.html(metric.definition)}">{words.html(metric.title)}</a>{mark}</dt>'
            f"<dd>{escape(shown(metric, value, note, words.translate))}</dd></div>"
        )
    star = f'<p class="muted small">* {words.html(_("rests on inferred replies"))}</p>' if inferred else ""
    return f"<h3>{words.html(_('All figures'))}</h3><dl class='metrics'>{''.join(cells)}</dl>{star}"
