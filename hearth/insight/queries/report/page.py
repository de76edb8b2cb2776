# ruff: noqa: E501  markup and sentences stay on their lines
"""The whole report: summary first, then groups coldest first, then definitions and method."""

from collections import Counter
from html import escape
from pathlib import Path

from hearth.insight.queries.numbers import compact, day, doubtful, facts, left_out, much_unread, percent
from hearth.insight.queries.report import charts, definitions, groups
from hearth.insight.queries.report.words import Words, _
from hearth.insight.queries.translate import Translate, why_rejected
from hearth.insight.rules.stages import ORDER
from hearth.insight.rules.wording import REASON_TITLES, TEMPERATURES
from hearth.insight.types import WARM, Diagnosis, GroupDiagnosis, Number, Stage

STYLE = Path(__file__).with_name("report.css")
SCRIPT = Path(__file__).with_name("report.js")
LANGS = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
FOLD_AFTER = 12
OPEN_SHOWN = 6
PRINTED = 12
MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 22V11a9 9 0 0 1 18 0v11" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M12 21c-3.300 0-5-2-5-4.500 0-3 3-4.500 3.500-8.500 3 1.500 6.500 5 6.500 8.500 0 2.500-1.700 4.500-5 4.500z" fill="currentColor"/></svg>'
)


def diagnosis_html(diagnosis: Diagnosis, name: str, translate: Translate = str, language: str = "en") -> str:
    """The report as one HTML document. ``name`` is what was diagnosed; everything from outside is escaped."""
    words = Words(translate, language)
    title = words.html(_("How warm is {name}?"), {"name": name})
    parts = [
        f'<!doctype html><html lang="{LANGS[language]}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title><style>{STYLE.read_text()}</style></head><body>",
        f'<a class="skip" href="#groups">{words.html(_("To the groups"))}</a>',
        f'<header><div class="mark">{MARK}{words.html(_("Hearth"))}</div><h1>{title}</h1>{_facts(diagnosis, words)}</header><main>',
    ]
    if diagnosis.groups:
        parts += [
            _summary(diagnosis, words),
            _steps(diagnosis, words),
            _open(diagnosis, words),
            _caution(diagnosis, words),
            _overview(diagnosis, words),
        ]
        parts.append(_groups(diagnosis, words))
    else:
        parts.append(
            f'<p class="lead">{words.html(_("There is no talk in this archive, so there is nothing to diagnose."))}</p>'
        )
        parts.append(_caution(diagnosis, words))
    parts += [definitions.section(diagnosis, words), f"</main><footer class='muted small'>{_foot(words)}</footer>"]
    parts.append(f"<script>{SCRIPT.read_text()}</script></body></html>")
    return "".join(parts)


def _facts(diagnosis: Diagnosis, words: Words) -> str:
    told = facts(diagnosis, words.translate)
    return f'<p class="muted">{escape(told)}</p>' if told else ""


def _summary(diagnosis: Diagnosis, words: Words) -> str:
    count = Counter(group.stage for group in diagnosis.groups)
    warm = sum(count[stage] for stage in WARM)
    params = {
        "all": len(diagnosis.groups),
        "warm": warm,
        "kindling": count[Stage.INCEPTION],
        "cooling": count[Stage.DECLINING],
        "silent": count[Stage.DEAD] + count[Stage.DORMANT],
    }
    open_ = sum(
        int(group.metrics.get("questions_open") or 0) for group in diagnosis.groups if group.stage is not Stage.DEAD
    )
    lead = words.html(
        _("Groups: {all}. Warm: {warm}, kindling: {kindling}, cooling: {cooling}, silent: {silent}."), params
    )
    warning = much_unread(diagnosis, words.translate)
    if warning:
        lead = f"<strong>{escape(warning)}</strong> {lead}"
    if open_:
        lead += " " + words.html(_("Questions still open outside cold groups: {open}."), {"open": open_})
    if diagnosis.mainstays:
        first = diagnosis.mainstays[0]
        lead += " " + words.html(
            _("The busiest member, {name}, wrote {percent} of the last 91 days."),
            {"name": first.name, "percent": percent(first.share)},
        )
    tiles = "".join(
        f'<li style="--heat:var(--heat-{TEMPERATURES[stage].heat})"><b>{count[stage]}</b>{groups.badge(stage, words)}</li>'
        for stage in sorted(count, key=lambda stage: ORDER[stage])
    )
    return f'<p class="lead">{lead}</p><ul class="temps">{tiles}</ul>'


def _caution(diagnosis: Diagnosis, words: Words) -> str:
    notes = []
    if diagnosis.inferred and diagnosis.groups:
        notes.append(
            words.html(
                _(
                    "This archive holds no replies. Who answered whom is inferred from quotes, mentions and adjacency; such figures bear a star."
                )
            )
        )
    notes += [escape(one) for one in doubtful(diagnosis, words.translate)]
    told = left_out(diagnosis, words.translate)
    if told:
        notes.append(escape(told))
    if diagnosis.excluded.get("broadcast"):
        notes.append(
            words.html(
                _("{count} copies of announcements sent to five or more groups count as seeded, not as members’ talk."),
                {"count": compact(diagnosis.excluded["broadcast"])},
            )
        )
    if not notes:
        return ""
    return f'<div class="note small">{"".join(f"<p>{note}</p>" for note in notes)}{_rejections(diagnosis, words)}</div>'


def _rejections(diagnosis: Diagnosis, words: Words) -> str:
    """The first pieces of the archive that could not be used, folded: where they stand, and why."""
    if not diagnosis.rejections:
        return ""
    shown: dict[str, Number] = {"shown": len(diagnosis.rejections), "all": compact(diagnosis.rejected)}
    items = "".join(
        f"<li><code>{escape(one.place)}</code> {escape(why_rejected(one, words.translate))}</li>"
        for one in diagnosis.rejections
    )
    title = words.html(_("What could not be read, and why ({shown} of {all})"), shown)
    return f"<details><summary>{title}</summary><ul>{items}</ul></details>"


def _steps(diagnosis: Diagnosis, words: Words) -> str:
    if not diagnosis.steps:
        return ""
    names = {group.id: (anchor, group.name) for anchor, group in _anchored(diagnosis)}
    items = []
    for step in diagnosis.steps:
        links = ", ".join(
            f'<a href="#{names[key][0]}">{escape(names[key][1])}</a>' for key in step.groups[:5] if key in names
        )
        more = len(step.groups) - 5
        rest = " " + words.html(_("and {count} more"), {"count": more}) if more > 0 else ""
        items.append(
            f'<li><b>{words.say(step.text)}</b><p>{words.say(step.why)}</p><p class="small">{links}{rest}</p></li>'
        )
    title = words.html(_("What to do next week"))
    return f'<h2>{title}</h2><ol class="steps">{"".join(items)}</ol>'


def _open(diagnosis: Diagnosis, words: Words) -> str:
    newest = diagnosis.open_questions(OPEN_SHOWN)
    if not newest:
        return ""
    anchors = {group.id: anchor for anchor, group in _anchored(diagnosis)}
    quotes = "".join(
        f"<blockquote>{escape(one.excerpt)}<cite>{escape(one.author)} · {day(one.at)} · "
        f'<a href="#{anchors[group.id]}">{escape(group.name)}</a></cite></blockquote>'
        for group, one in newest
    )
    return f'<h2>{words.html(_("Never answered, newest first"))}</h2><div class="quotes">{quotes}</div>'


def _overview(diagnosis: Diagnosis, words: Words) -> str:
    chart = charts.activity(
        diagnosis.weeks,
        diagnosis.at,
        words,
        title=words(_("All groups together")),
        definition=words(_("Messages and authors per week")),
    )
    people = ""
    if diagnosis.mainstays:
        title = words.html(_("Who carries the talk (last 91 days)"))
        people = f"<h3>{title}</h3>{groups.people(diagnosis.mainstays, words)}"
    return f'<h2>{words.html(_("The last year"))}</h2><div class="panel">{chart}{people}</div>'


def _anchored(diagnosis: Diagnosis) -> list[tuple[str, GroupDiagnosis]]:
    return [(f"g{place}", group) for place, group in enumerate(diagnosis.groups)]


def _on_paper(diagnosis: Diagnosis) -> set[str]:
    """The groups printed in full: those that can be helped soonest. The others print as rows."""
    living = [group for group in diagnosis.groups if group.stage in (Stage.DECLINING, Stage.INCEPTION, *WARM)]
    order = sorted(living, key=lambda group: not group.reasons)
    order += [group for group in diagnosis.groups if group.stage is Stage.DORMANT]
    return {group.id for group in order[:PRINTED]}


def _groups(diagnosis: Diagnosis, words: Words) -> str:
    by_stage: dict[Stage, list[str]] = {}
    on_paper = _on_paper(diagnosis)
    for anchor, group in _anchored(diagnosis):
        row = groups.row(group, anchor, diagnosis.at, words, inferred=diagnosis.inferred, printed=group.id in on_paper)
        by_stage.setdefault(group.stage, []).append(row)
    sections = []
    for stage, rows in by_stage.items():
        title = f"{groups.badge(stage, words)} <span class='muted'>{len(rows)}</span>"
        meaning = f'<p class="muted small">{words.html(TEMPERATURES[stage].meaning)}</p>'
        if stage in (Stage.DEAD, Stage.COMPLETED) and len(rows) > FOLD_AFTER:
            fold = words.html(_("Show all {count}"), {"count": len(rows)})
            body = f'<details class="fold"><summary>{fold}</summary>{"".join(rows)}</details>'
        else:
            body = "".join(rows)
        sections.append(f'<section class="stage"><h2>{title}</h2>{meaning}{body}</section>')
    options = "".join(f'<option value="{code}">{words.html(title)}</option>' for code, title in REASON_TITLES.items())
    tools = (
        f'<div class="filter" hidden><input type="search" aria-label="{words.html(_("Find a group"))}" '
        f'placeholder="{words.html(_("Find a group"))}"><select aria-label="{words.html(_("Reason"))}">'
        f'<option value="">{words.html(_("All reasons"))}</option>{options}</select></div>'
    )
    title = words.html(_("Groups, coldest first"))
    return f'<h2 id="groups">{title}</h2><p class="muted small">{words.html(_("Open a row for reasons, evidence, people and figures."))}</p>{tools}{"".join(sections)}'


def _foot(words: Words) -> str:
    return words.html(
        _("Made by Hearth on your own machine. This file loads nothing from elsewhere and sends nothing anywhere.")
    )
