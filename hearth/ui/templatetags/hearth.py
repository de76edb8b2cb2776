"""Tags of the design system: icons, heat, faces, times, and what the layouts need from the request."""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, gettext, ngettext

from hearth.core.lists import listed
from hearth.core.routing import link as address
from hearth.core.texts import best
from hearth.kit.clock import now
from hearth.ui.pages import undo_of
from hearth.ui.preferences import Preferences, preferences_of
from hearth.ui.registry import frame_of
from hearth.ui.types import Shell, temperature
from hearth.ui.words import JS_WORDS

register = template.Library()

HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)
FACES = 8
MINUTE, HOUR, DAY = 60, 3600, 86400


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. With `label` it speaks; without, it is decoration."""
    classes = f"icon {css}".strip()
    href = f"{static('ui/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.simple_tag
def mark(css: str = "mark") -> SafeString:
    """Hearth's mark in the current colour."""
    return format_html(
        '<svg class="{}" aria-hidden="true" fill="currentColor"><use href="{}#hearth"></use></svg>',
        css,
        static("ui/icons.svg"),
    )


@register.simple_tag
def heat(stage: str, size: str = "", word: str = "") -> SafeString:
    """A group's temperature: colour, icon and word, never colour alone."""
    shown = temperature(stage)
    return format_html(
        '<span class="heat {}{}"><span class="heat-glow">{}</span>{}</span>',
        shown.css,
        " heat-lg" if size == "lg" else "",
        icon(shown.icon),
        word or shown.word,
    )


@register.filter
def day_name(text: object) -> object:
    """An ISO day as people write it; anything else as it is."""
    try:
        return date_format(date.fromisoformat(str(text)), "DATE_FORMAT")
    except ValueError:
        return text


@register.filter(name="listed")
def in_a_row(values: Iterable[Any]) -> str:
    """Members of a list in a row, with the comma of the reader's language."""
    return listed(values)


@register.filter
def nth(values: Sequence[Any] | None, place: int) -> Any:
    """The value at a place of a sequence; '' where there is none."""
    return values[place] if values and place < len(values) else ""


@register.simple_tag
def spark(values: Sequence[int], stage: str = "", label: str = "") -> SafeString | str:
    """A few numbers as small bars in the colour of a temperature; what they are is said in ``label`` and on hover."""
    if not values:
        return ""
    top = max(*values, 1)
    bars = [(6 * at, max(1.0, round(20 * value / top, 1)) if value else 0.5) for at, value in enumerate(values)]
    told = f"{label}: {', '.join(str(value) for value in values)}"
    return format_html(
        '<svg class="spark {}" viewBox="0 0 {} 20" role="img" aria-label="{}"><title>{}</title>{}</svg>',
        temperature(stage).css,
        6 * len(values) - 2,
        told,
        told,
        format_html_join(
            "", '<rect class="heat-fill" x="{}" y="{}" width="4" height="{}"></rect>', ((x, 20 - h, h) for x, h in bars)
        ),
    )


def face_number(key: object) -> int:
    """A steady colour for a person or a thing, from its id."""
    return blake2b(str(key).encode("utf-8", "replace"), digest_size=2).digest()[0] % FACES


def initials(name: str) -> str:
    """One Chinese character (the family name) or up to two Latin letters."""
    words = [word for word in force_str(name).replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    if ord(words[0][0]) >= 0x2E80:
        return words[0][0]
    letters = [word[0] for word in words if ord(word[0]) < 0x2E80]  # "Mei Sutanto 苏美" is MS
    return "".join(letters[:1] + letters[1:][-1:]).upper()


@register.simple_tag
def avatar(name: str, key: object = "", size: str = "", src: str = "", machine: bool = False) -> SafeString:
    """A face: the picture, or initials on a colour that stays with the id. Decoration: the name stands beside it."""
    css = f"avatar-face face-{face_number(key or name)}"
    if size:
        css += f" avatar-{size}"
    if machine:
        css += " avatar-machine"
    if src:
        inner = format_html('<img src="{}" alt="" loading="lazy">', src)
    else:
        inner = icon("bot") if machine else format_html("{}", initials(name))
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, inner)


def relative(moment: datetime, now: datetime) -> str:
    """How long ago, or how soon; beyond a week the date. Seconds count as "just now"."""
    seconds = int((now - moment).total_seconds())
    distance = abs(seconds)
    if distance < MINUTE:
        return gettext("just now")
    if distance >= 7 * DAY:
        same_year = moment.year == now.year
        return date_format(timezone.localtime(moment), "MONTH_DAY_FORMAT" if same_year else "DATE_FORMAT")
    if distance < HOUR:
        n = distance // MINUTE
        past, soon = ngettext("%(n)d min ago", "%(n)d min ago", n), ngettext("in %(n)d min", "in %(n)d min", n)
    elif distance < DAY:
        n = distance // HOUR
        past, soon = ngettext("%(n)d hour ago", "%(n)d hours ago", n), ngettext("in %(n)d hour", "in %(n)d hours", n)
    else:
        n = distance // DAY
        past, soon = ngettext("%(n)d day ago", "%(n)d days ago", n), ngettext("in %(n)d day", "in %(n)d days", n)
    return (past if seconds >= 0 else soon) % {"n": n}


def day_word(day: date) -> str:
    """A day without an hour: today, yesterday, days ago; beyond a week, and ahead, the date."""
    today = timezone.localdate()
    ago = (today - day).days
    if ago == 0:
        return gettext("today")
    if ago == 1:
        return gettext("yesterday")
    if 1 < ago < 7:
        return ngettext("%(n)d day ago", "%(n)d days ago", ago) % {"n": ago}
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


@register.simple_tag
def when(moment: datetime | date | None, style: str = "") -> SafeString | str:
    """A `<time>`: relative, with the exact moment on hover; `style="exact"` shows the exact one, `"clock"` the hour."""
    if moment is None or moment == "":
        return "–"
    if not isinstance(moment, datetime):
        if style != "exact":
            return format_html(
                '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), date_format(moment), day_word(moment)
            )
        moment = datetime.combine(moment, time(), tzinfo=timezone.get_current_timezone())
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=UTC)
    exact = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    words = {"exact": exact, "clock": timezone.localtime(moment).strftime("%H:%M")}
    text = words.get(style) or relative(moment, now())
    return format_html(
        '<time datetime="{}" title="{}" data-when="{}">{}</time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        exact,
        style or "relative",
        text,
    )


@register.simple_tag(takes_context=True)
def use_frame(context: template.Context, name: str) -> str:
    """Make `shell` known to the whole page: what the view passed as `shell`, else what the frame's provider says.

    A layout is a child of `ui/base.html`, and a child can only speak inside a block, whose variables end with it;
    so the value goes to the bottom of the context's stack, where every later block finds it.
    """
    if not isinstance(context.get("shell"), Shell):
        context.dicts[0]["shell"] = frame_of(name, context.get("request"))
    return ""


@register.simple_tag(takes_context=True)
def ui_preferences(context: template.Context) -> Preferences:
    """The reader's theme, density and navigation width."""
    return preferences_of(context.get("request"))


def html_lang() -> str:
    """The page's language as HTML names it: `zh-hans` becomes `zh-Hans`."""
    code = get_language() or "en"
    head, _, tail = code.partition("-")
    return f"{head}-{tail.title() if len(tail) == 4 else tail.upper()}" if tail else head


@register.simple_tag(takes_context=True)
def html_attrs(context: template.Context) -> SafeString:
    """Language, theme, density and navigation width of the page, so that nothing flashes."""
    chosen = preferences_of(context.get("request"))
    theme = "" if chosen.theme == "auto" else format_html(' data-theme="{}"', chosen.theme)
    return format_html('lang="{}"{} data-density="{}" data-nav="{}"', html_lang(), theme, chosen.density, chosen.nav)


@register.simple_tag
def htmx_config() -> str:
    """htmx without eval and without inline styles (strict CSP)."""
    return HTMX_CONFIG


@register.simple_tag
def js_words() -> str:
    """The sentences that behaviours speak, in the reader's language, as JSON for a data attribute."""
    return json.dumps({key: force_str(text) for key, text in JS_WORDS.items()}, ensure_ascii=False)


@register.simple_tag
def idempotency_field() -> SafeString:
    """A hidden key, so that a form sent twice takes effect once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())


@register.simple_tag(name="link")
def community_link(name: str, *args: object, **kwargs: object) -> str:
    """The address of a route of the community in scope."""
    return address(name, *args, **kwargs)


@register.filter
def in_language(texts: dict[str, str] | None) -> str:
    """An operator's text in the reader's language, or the nearest one that has it."""
    return best(texts)


@register.filter
def undo(message: Any) -> dict[str, Any] | None:
    """The undo offer of a message, if `tell_undo` left one."""
    return undo_of(getattr(message, "extra_tags", ""))


@register.filter
def attribute(thing: Any, name: str) -> Any:
    """`thing.name` or `thing["name"]` by a name held in a variable; empty when absent."""
    if isinstance(thing, dict):
        return thing.get(name, "")
    return getattr(thing, name, "")


@register.simple_tag
def json_data(data: Any, element_id: str) -> SafeString:
    """A data block for a behaviour: JSON in a script element that browsers never run."""
    text = json.dumps(data, ensure_ascii=False, default=force_str)
    safe = text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    block = format_html('<script id="{}" type="application/json">', element_id)
    return mark_safe(f"{block}{safe}</script>")  # <, > and & are escaped above


@register.filter
def language_own_name(name: str, code: str) -> str:
    """A language in its own words, whatever the page's language is."""
    return str(get_language_info(code)["name_local"]) if code else name


@register.filter
def repeat(count: int | str) -> range:
    """`3|repeat` loops three times."""
    return range(int(count))


@register.filter
def figure(value: Any) -> str:
    """A number as people read it: grouped thousands, at most one decimal; "–" for nothing."""
    if value is None or value == "":
        return "–"
    try:
        number = round(float(value), 1)
    except (TypeError, ValueError, OverflowError):
        return force_str(value)
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.1f}"  # all our languages write so


@register.filter
def share(value: Any) -> str:
    """A share between 0 and 1 as a percentage; "–" for nothing."""
    if value is None or value == "":
        return "–"
    try:
        return gettext("%(n)s %%") % {"n": number_format(round(float(value) * 100))}
    except (TypeError, ValueError, OverflowError):
        return force_str(value)
