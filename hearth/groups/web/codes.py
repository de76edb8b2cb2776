"""Entry codes: made by the team in the console, followed by members to the right group."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core.errors import NotFound, Refusal
from hearth.core.idempotency import once
from hearth.core.lists import listed
from hearth.core.permissions import demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import queries, services
from hearth.groups.access import entry_code_for
from hearth.groups.models import EntryCode, Group
from hearth.groups.queries.codes import entry_codes, group_options, groups_by_id
from hearth.groups.queries.doors import kept_use
from hearth.groups.registry import MAKE_ENTRY_CODES
from hearth.groups.rules.placing import rules_of
from hearth.groups.services.codes import Way
from hearth.groups.services.links import actor_for
from hearth.groups.services.texts import said
from hearth.groups.web.door_view import door_view, given_in
from hearth.groups.web.entry import leading_somewhere, request_waits, to_the_desk
from hearth.groups.web.forms import JoinForm, is_one_of, welcome_by_it, with_norms
from hearth.groups.web.portal import already_inside, kept_out, rests_page, said_by, tell_knock
from hearth.groups.web.waiting import line_view
from hearth.kit.chinese import readable
from hearth.people.access import own_member
from hearth.people.services import update_profile
from hearth.ui.attempts import attempt
from hearth.ui.pages import page

WORDS = {
    "department": gettext_lazy("Department"),
    "hospital": gettext_lazy("Hospital"),
    "city": gettext_lazy("City"),
    "kind": gettext_lazy("Kind of member"),
    "language": gettext_lazy("Language of the page"),
}


class WhoForm(forms.Form):
    """What must be known to lead somebody: their name if they are new, and what their profile does not say."""

    def __init__(self, *args: Any, is_new: bool, asks: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            self.fields["display_name"] = forms.CharField(label=_("Your name here"), max_length=80)
        for name, values in asks.items():
            told = _("For example: %(values)s") % {"values": listed(readable(values, get_language() or "")[:6])}
            self.fields[name] = forms.CharField(label=WORDS[name], max_length=80, help_text=told)


class CodeForm(forms.Form):
    """Where a code stands, and where it leads whom no rule fits."""

    title = forms.CharField(
        label=gettext_lazy("Where it stands"), max_length=80, help_text=gettext_lazy("An article, a shop, an event.")
    )
    default_group = forms.TypedChoiceField(
        label=gettext_lazy("Whom no rule fits goes to"), coerce=int, empty_value=None, required=False
    )
    opens_next = forms.BooleanField(
        label=gettext_lazy("When a group is full, open the next one like it"), required=False, initial=True
    )

    welcome = welcome_by_it()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_group"].choices = [("", _("They choose themselves")), *_groups()]  # type: ignore[attr-defined]


class RuleForm(forms.Form):
    """Whoever has one of the values is led to the group."""

    attribute = forms.ChoiceField(label=gettext_lazy("Whose"), choices=list(WORDS.items()))
    values = is_one_of()
    group = forms.TypedChoiceField(label=gettext_lazy("goes to"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = _groups()  # type: ignore[attr-defined]


def _groups() -> list[tuple[str, str]]:
    return [(str(pk), best(group.name) or group.key) for pk, group in group_options()]


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Where an entry code leads: what must be known is asked, then the group with the reason, then the press."""
    row, actor = _code_of(code), request.actor  # type: ignore[attr-defined]
    is_new = actor is None or actor.member_id is None
    way = None if is_new else _way(request, row)
    if is_new or (way is not None and way.asks):
        return _ask_who(request, row, is_new=is_new, asks=_asked(row, way))
    if way is None or way.group is None:
        return _ask_group(request, row)
    return _show_group(request, row, way)


def _code_of(text: str) -> EntryCode:
    with leading_somewhere():
        return services.look_at_code(text)


def _way(request: HttpRequest, row: EntryCode) -> Way:
    actor = request.actor  # type: ignore[attr-defined]
    return services.way_for(row, actor.member_id, language=get_language() or "", chosen=_chosen(request))


def _chosen(request: HttpRequest) -> int | None:
    """The group that somebody chose whom no rule leads."""
    chosen = request.GET.get("group", "")
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None


def _asked(row: EntryCode, way: Way | None) -> dict[str, list[str]]:
    """What to ask, with the values that the rules know. Of whom nothing is known yet, what the first rule needs."""
    rules = rules_of(row.rules)
    names = way.asks if way else [rule.attribute for rule in rules[:1] if rule.attribute not in {"kind", "language"}]
    return {name: [value for rule in rules if rule.attribute == name for value in rule.values] for name in names}


def _ask_who(request: HttpRequest, row: EntryCode, *, is_new: bool, asks: dict[str, list[str]]) -> HttpResponse:
    form = WhoForm(request.POST or None, is_new=is_new, asks=asks)
    if request.method == "POST":

        def note(data: dict[str, Any]) -> dict[str, Any]:
            somebody = request.user if is_new else request.actor  # type: ignore[attr-defined]
            actor = actor_for(somebody, row.community_id, data.get("display_name", ""))
            told = {name: data[name] for name in asks}
            if told:
                update_profile(actor, **told)
            return {"member": actor.member_id}

        if attempt(request, form, note) is not None:
            return redirect(request.get_full_path())
    return _page(request, row, {"form": form, "step": "who"})


def _ask_group(request: HttpRequest, row: EntryCode) -> HttpResponse:
    groups = groups_by_id({rule.group for rule in rules_of(row.rules)})
    shown = [(pk, best(group.name), best(group.function)) for pk, group in sorted(groups.items())]
    return _page(request, row, {"groups": shown, "step": "group"})


def _show_group(request: HttpRequest, row: EntryCode, way: Way) -> HttpResponse:
    if way.inside is not None and (led := already_inside(request, way.inside)) is not None:
        return led
    group = way.room or way.group
    if group is None:
        raise NotFound()
    if (instead := kept_out(request, group)) is not None:
        return instead
    if way.rests and request.method != "POST":
        return rests_page(request, group)
    norms = queries.newest_norms(group.pk)
    form = JoinForm(request.POST or None, initial={"norms_version": norms.version if norms else None})
    if request.method == "POST":
        done = attempt(request, form, lambda data: _enter(request, row, way, group, data))
        if done is not None:
            entered = groups_by_id([done["group"]])[done["group"]]
            tell_knock(request, entered, done)
            inside = done["membership"] is not None
            return redirect(link("groups:card", group_id=entered.pk) if inside else request.get_full_path())
    context = {
        "step": "join",
        "form": with_norms(form, norms),
        "group": group,
        "group_name": best(group.name),
        "function": best(group.function),
        "card": best(group.card),
        "norms": best(norms.text) if norms else "",
        "why": _why(row, way),
        "opens": way.room is None and row.opens_next,
        "door": door_view(request, group),
        "badge": _badge(request, row, group),
        "line": {"choice": None} if row.opens_next else line_view(request, group),
    }
    return _page(request, row, context)


@require_POST
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a badge first: the way in is kept meanwhile, and the desk takes over."""
    actor = request.actor  # type: ignore[attr-defined]
    own_member(actor)
    row = _code_of(code)
    with once(request) as claim:
        if claim.fresh:
            language, chosen = get_language() or "", _chosen(request)
            kept = services.ask_badge_first_by_code(actor, row, language=language, chosen=chosen)
            claim.result = {"group": kept.group_id}
    group = claim.result["group"]
    return to_the_desk(request, best(groups_by_id([group])[group].name))


def _enter(request: HttpRequest, row: EntryCode, way: Way, group: Group, data: dict[str, Any]) -> dict[str, Any]:
    told, entered = services.follow_code(
        request.actor,  # type: ignore[attr-defined]
        row,
        language=get_language() or "",
        chosen=way.placement.group if way.placement else None,
        given=given_in(request),
        norms_of=group.pk,
        norms_version=data["norms_version"] if data["accept_norms"] else None,
        by_qr="qr" in request.GET,
        why=data["why"],
    )
    return {**said_by(told), "group": entered.pk}


def _badge(request: HttpRequest, row: EntryCode, group: Group) -> dict[str, Any]:
    """Where whoever has no badge asks for one, or that their way in is kept."""
    url = link("groups:code-badge", code=row.code)
    chosen = _chosen(request)
    kept = kept_use(group.pk, request.actor.member_id, row)  # type: ignore[attr-defined]
    return {
        "kept": kept,
        "waits": request_waits(kept),
        "url": url if chosen is None else f"{url}?group={chosen}",
    }


def _why(row: EntryCode, way: Way) -> str:
    """Why somebody is led there, in one sentence."""
    if way.placement is None or way.placement.rule is None:
        return ""
    rule = rules_of(row.rules)[way.placement.rule]
    values = listed(said(rule.attribute, rule.values))
    return _("You are led here because of: %(what)s (%(values)s).") % {"what": WORDS[rule.attribute], "values": values}


def _page(request: HttpRequest, row: EntryCode, context: dict[str, Any]) -> HttpResponse:
    community = best(request.community.name)  # type: ignore[attr-defined]
    return page(request, "groups/code.html", {"code": row, "community_name": community, **context})


@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Every code that works, and a new one."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, MAKE_ENTRY_CODES.key)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        done = attempt(request, form, lambda data: {"code": services.make_entry_code(actor, **data).pk})
        if done is not None:
            messages.success(request, _("The code is made. Say now whom it leads where."))
            return redirect(link("console:entry-code", done["code"]))
    context = {"nav_active": "groups", "page_title": _("Entry codes"), "rows": entry_codes(), "form": form}
    return page(request, "groups/console/codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, code_id: int) -> HttpResponse:
    """One code: its picture, its rules, one more rule."""
    actor = request.actor  # type: ignore[attr-defined]
    row = entry_code_for(actor, code_id)
    form = RuleForm(request.POST or None)
    if request.method == "POST":
        act = _remove if request.POST.get("act") == "remove" else _add
        bound = forms.Form(request.POST) if act is _remove else form
        if attempt(request, bound, lambda data: act(request, row, data)) is not None:
            messages.success(request, _("Saved."))
            return redirect(link("console:entry-code", row.pk))
    rules = rules_of(row.rules)
    names = {pk: best(group.name) or group.key for pk, group in groups_by_id({rule.group for rule in rules}).items()}
    context = {
        "nav_active": "groups",
        "page_title": row.title,
        "row": row,
        "rules": [
            (n, WORDS[rule.attribute], said(rule.attribute, rule.values), names.get(rule.group, ""))
            for n, rule in enumerate(rules)
        ],
        "default": best(row.default_group.name) if row.default_group else "",
        "url": request.build_absolute_uri(link("groups:code", code=row.code)),
        "form": form,
    }
    return page(request, "groups/console/code.html", context)


def _add(request: HttpRequest, row: EntryCode, data: dict[str, Any]) -> dict[str, Any]:
    rule = {"attribute": data["attribute"], "values": data["values"].splitlines(), "group": data["group"]}
    return _changed(request, row, [*row.rules, rule])


def _remove(request: HttpRequest, row: EntryCode, _data: dict[str, Any]) -> dict[str, Any]:
    place = request.POST.get("rule", "")
    if not (place.isascii() and place.isdigit() and int(place[:4]) < len(row.rules)):
        raise Refusal("Choose one of the values offered.")
    return _changed(request, row, [rule for n, rule in enumerate(row.rules) if n != int(place)])


def _changed(request: HttpRequest, row: EntryCode, rules: list[dict[str, Any]]) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    kept = services.change_entry_code(
        actor, row, rules=rules, default_group=row.default_group_id, opens_next=row.opens_next
    )
    return {"code": kept.pk}


@require_POST
def code_revocation(request: HttpRequest, code_id: int) -> HttpResponse:
    """Stop a code."""
    row = entry_code_for(request.actor, code_id)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            services.revoke_entry_code(request.actor, row)  # type: ignore[attr-defined]
    messages.success(request, _("The code no longer works."))
    return redirect(link("console:entry-codes"))


@require_GET
def code_qr(request: HttpRequest, code_id: int) -> HttpResponse:
    """The QR code as a picture."""
    row = entry_code_for(request.actor, code_id)  # type: ignore[attr-defined]
    url = request.build_absolute_uri(link("groups:code", code=row.code)) + "?qr"
    answer = HttpResponse(services.qr_svg(url), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
