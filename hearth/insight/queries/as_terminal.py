"""A diagnosis on a terminal: the coldest first, and what to do next week."""

from collections import Counter

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text as Line

from hearth.insight.queries.numbers import day, doubtful, facts, left_out, much_unread, percent
from hearth.insight.queries.translate import Translate, say, why_rejected
from hearth.insight.rules.stages import ORDER
from hearth.insight.rules.wording import REASON_TITLES, TEMPERATURES
from hearth.insight.types import Diagnosis, GroupDiagnosis, Stage
from hearth.kit.terminal import printable

COLOURS = ("blue", "steel_blue1", "light_sky_blue1", "khaki1", "orange1", "dark_orange", "red1")
SPARKS = " ▁▂▃▄▅▆▇█"
SHOWN_COLD = 6
SHOWN_REJECTIONS = 5
SHOWN = 25
_SILENT = (Stage.DEAD, Stage.DORMANT, Stage.COMPLETED)
_WIDTHS = (26, 14, 5, 8, 13)
_RIGHT = (2, 3)


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


_HEADS = (_("Group"), _("temperature"), _("risk"), _("authors"), _("a year"))


def show(diagnosis: Diagnosis, console: Console, translate: Translate = str) -> None:
    """Print the diagnosis."""
    console.print(_heading(diagnosis, translate))
    if not diagnosis.groups:
        console.print(translate(_("There is no talk in this archive, so there is nothing to diagnose.")))
        _print_cautions(diagnosis, console, translate)
        return
    for row in _groups(diagnosis, translate, console.width):
        console.print(row, no_wrap=True, overflow="crop")
    console.print()
    if diagnosis.steps:
        console.print(Line(translate(_("What to do next week")), style="bold"))
        names = {group.id: group.name for group in diagnosis.groups}
        for number, step in enumerate(diagnosis.steps, 1):
            where = ", ".join(names[key] for key in step.groups[:5]) if len(step.groups) > 1 else ""
            why = say(step.why, translate) + (f" ({where})" if where else "")
            console.print(
                Line(f" {number}. ", style="dark_orange") + Line(printable(say(step.text, translate)), style="bold")
            )
            console.print(Padding(Line(printable(why), style="dim"), (0, 0, 0, 4)))
    for title, lines in (
        (_("Who carries it"), _people(diagnosis)),
        (_("Never answered, newest first"), _open(diagnosis)),
    ):
        if lines:
            console.print(Line(translate(title), style="bold"))
            for text in lines:
                console.print(_cut(text, "", console.width, indent=4))
    _print_cautions(diagnosis, console, translate)


def _heading(diagnosis: Diagnosis, translate: Translate) -> RenderableType:
    count = Counter(group.stage for group in diagnosis.groups)
    parts = Line()
    for stage in sorted(count, key=lambda one: ORDER[one]):
        warmth = TEMPERATURES[stage]
        parts += Line(f"{warmth.icon} {count[stage]} {translate(warmth.word)}   ", style=COLOURS[warmth.heat])
    told, warning = facts(diagnosis, translate), much_unread(diagnosis, translate)
    lines: list[RenderableType] = [Line(told, style="dim")] if told else []
    if warning:
        lines.append(Line(warning, style="bold dark_orange"))
    return Group(*lines, parts)


def _groups(diagnosis: Diagnosis, translate: Translate, width: int) -> list[Line]:
    """Two lines a group, three for those that can still be helped; long cold lists are cut."""
    lines = [_columns([translate(name) for name in _HEADS], "dim", "dim")]
    total, shown = Counter(group.stage for group in diagnosis.groups), Counter[Stage]()
    for group in diagnosis.groups:
        shown[group.stage] += 1
        limit = SHOWN_COLD if group.stage in _SILENT else SHOWN
        if shown[group.stage] <= limit:
            lines.extend(_group(group, translate, width))
        elif shown[group.stage] == limit + 1:
            more = translate(_("and {count} more")).format(count=total[group.stage] - limit)
            lines.append(Line(f" … {more}", style="dim"))
    return lines


def _group(group: GroupDiagnosis, translate: Translate, width: int) -> list[Line]:
    warmth = TEMPERATURES[group.stage]
    risk = "–" if group.risk is None else percent(group.risk)
    authors = f"{group.metrics['authors_28d']}/{group.metrics['authors_peak']}"
    cells = [
        printable(group.name),
        f"{warmth.icon} {translate(warmth.word)}",
        risk,
        authors,
        _spark(group.weeks.authors),
    ]
    lines = [_columns(cells, "bold", COLOURS[warmth.heat])]
    if group.reasons:
        first, *others = group.reasons
        rest = "".join(f" + {translate(REASON_TITLES[reason.code])}" for reason in others)
        lines.append(_cut(f"{say(first.text, translate)}{rest}", "dim", width))
        if group.stage is not Stage.DEAD:
            lines.append(_cut(f"→ {say(first.play, translate)}", "", width))
    return lines


def _columns(cells: list[str], first: str, others: str) -> Line:
    """Cells in fixed widths, wide characters counted double."""
    line = Line(" ")
    for place, (text, width) in enumerate(zip(cells, _WIDTHS, strict=True)):
        right = place in _RIGHT
        shown = set_cell_size(text, width) if cell_len(text) > width or not right else text.rjust(width)
        line.append(shown + "  ", style=first if place == 0 else others)
    return line


def _cut(text: str, style: str, width: int, indent: int = 3) -> Line:
    line = Line(" " * indent + printable(text), style=style)
    line.truncate(width, overflow="ellipsis")
    return line


def _spark(values: tuple[int, ...]) -> str:
    """A year in thirteen characters, four weeks each."""
    months = [max(values[i : i + 4], default=0) for i in range(0, len(values), 4)]
    most = max(max(months, default=0), 3)
    return "".join(SPARKS[-(-8 * value // most)] for value in months)


def _people(diagnosis: Diagnosis) -> list[str]:
    return (
        [", ".join(f"{one.name} {percent(one.share)}" for one in diagnosis.mainstays[:5])]
        if diagnosis.mainstays
        else []
    )


def _open(diagnosis: Diagnosis) -> list[str]:
    return [f"{day(one.at)} {group.name} · {one.author}: {one.excerpt}" for group, one in diagnosis.open_questions(3)]


def _print_cautions(diagnosis: Diagnosis, console: Console, translate: Translate) -> None:
    for line in _cautions(diagnosis, translate):
        console.print(Line(printable(line), style="dim"), soft_wrap=True)


def _cautions(diagnosis: Diagnosis, translate: Translate) -> list[str]:
    lines = doubtful(diagnosis, translate)
    if diagnosis.inferred and diagnosis.groups:
        lines.append(translate(_("Replies are inferred: the archive carries none.")))
    told = left_out(diagnosis, translate)
    if told:
        lines.append(told)
        lines += [f"· {one.place} {why_rejected(one, translate)}" for one in diagnosis.rejections[:SHOWN_REJECTIONS]]
    return lines
