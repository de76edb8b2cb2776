# ruff: noqa: E501  markup and sentences stay on their lines
"""Charts drawn as SVG text: weekly activity, and a heat strip of a group's weeks."""

from collections.abc import Sequence
from html import escape

from hearth.insight.queries.numbers import compact, day
from hearth.insight.queries.report.words import Words, _
from hearth.insight.types import Weeks

WEEK_MS = 7 * 86_400_000
WIDTH, HEIGHT = 640, 150
_COLD_TO_WARM = 7


def strip(weeks: Weeks, words: Words) -> str:
    """A year of a group, one cell a week, warmer with more authors (against the group's own best week)."""
    most = max(weeks.authors, default=0)
    count = len(weeks.authors)
    cells: dict[int, list[str]] = {}
    for place, authors in enumerate(weeks.authors):
        if authors:
            heat = min(_COLD_TO_WARM - 1, 1 + round((_COLD_TO_WARM - 2) * authors / max(most, 3)))
            cells.setdefault(heat, []).append(f"M{place * 4} 0h3.4v10h-3.4z")
    paths = "".join(f'<path class="h{heat}" d="{"".join(parts)}"/>' for heat, parts in sorted(cells.items()))
    label = words(_("Authors per week over the last 52 weeks; at most {most} in a week")).format(most=most)
    return (
        f'<svg class="strip" viewBox="0 0 {count * 4} 10" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f'<title>{escape(label)}</title><rect class="h-" width="{count * 4}" height="10"/>{paths}</svg>'
    )


def activity(weeks: Weeks, at: int, words: Words, *, title: str, definition: str) -> str:
    """Messages per week as bars (members' own below, seeded above), authors as a line, with the table behind."""
    totals = [own + fed for own, fed in zip(weeks.messages, weeks.seeded, strict=True)]
    most, most_authors = max(max(totals, default=0), 1), max(max(weeks.authors, default=0), 1)
    step, bar = WIDTH / max(len(totals), 1), 0.8 * WIDTH / max(len(totals), 1)
    own, fed, points = [], [], []
    for i, (mine, theirs, authors) in enumerate(zip(weeks.messages, weeks.seeded, weeks.authors, strict=True)):
        x, low, high = i * step, HEIGHT * mine / most, HEIGHT * (mine + theirs) / most
        if mine:
            own.append(f"M{x:.1f} {HEIGHT - low:.1f}h{bar:.1f}v{low:.1f}h-{bar:.1f}z")
        if theirs:
            fed.append(f"M{x:.1f} {HEIGHT - high:.1f}h{bar:.1f}v{high - low:.1f}h-{bar:.1f}z")
        points.append(f"{x + bar / 2:.1f},{HEIGHT - HEIGHT * authors / most_authors:.1f}")
    first, last = at - len(totals) * WEEK_MS, at - 1
    return (
        f'<figure><figcaption title="{escape(definition)}">{escape(title)} <span class="muted small">{escape(definition)}</span></figcaption>'
        f"{_keys(weeks, words)}"
        f'<div class="plot"><span class="most">{compact(most)}</span><span class="none">0</span>'
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(title)}">'
        f'<path class="own" d="{"".join(own)}"/><path class="fed" d="{"".join(fed)}"/>'
        f'<polyline class="line" points="{" ".join(points)}"/></svg><span class="authors">{most_authors}</span>'
        f'<span class="first">{day(first)}</span><span class="last">{day(last)}</span></div>'
        f"{_table(weeks, first, words)}</figure>"
    )


def _keys(weeks: Weeks, words: Words) -> str:
    fed = (
        f'<span class="key"><i style="background:var(--heat-1)"></i>{words(_("seeded messages"))}</span>'
        if any(weeks.seeded)
        else ""
    )
    return (
        f'<div class="small keys"><span class="key"><i style="background:var(--heat-5)"></i>{words(_("members’ messages"))}</span>{fed}'
        f'<span class="key"><i style="height:2px;background:var(--ink)"></i>{words(_("authors (right scale)"))}</span></div>'
    )


def _table(weeks: Weeks, first: int, words: Words) -> str:
    rows = "".join(
        f'<tr><td>{day(first + i * WEEK_MS)}</td><td class="n">{own}</td><td class="n">{fed}</td><td class="n">{who}</td></tr>'
        for i, (own, fed, who) in enumerate(zip(weeks.messages, weeks.seeded, weeks.authors, strict=True))
        if own or fed
    )
    head: Sequence[str] = (_("members’ messages"), _("seeded messages"), _("authors"))
    cells = "".join(f'<th class="n" scope="col">{words(name)}</th>' for name in head)
    return (
        f'<details class="small"><summary>{words(_("As a table (weeks with talk)"))}</summary><div class="scroll"><table><thead><tr>'
        f'<th scope="col">{words(_("week from"))}</th>{cells}</tr></thead><tbody>{rows}</tbody></table></div></details>'
    )
