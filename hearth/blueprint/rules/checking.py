"""From a document to what it wants: every key known, every value fitting, templates filled in, all errors at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from hearth.blueprint.rules.reading import MOST_PROBLEMS
from hearth.blueprint.rules.wording import SENTENCES, problem_of, unknown_key
from hearth.blueprint.types import FORMAT, Description, Document, Path, Problem, Wanted, WantedPart
from hearth.kit.described import LANGUAGES, Fields, Key, Name, Objects, Person, Shape
from hearth.kit.text import noted

HEAD = "hearth"
COMMUNITY = "community"  # the part whose `key` says which community is meant
LIKE, KEEP_OTHERS = "like", "keep_others"
_KEYS: dict[str, TypeAdapter[Any]] = {"key": TypeAdapter(Key), "person": TypeAdapter(Person), "name": TypeAdapter(Name)}


def check(document: Document, shapes: Sequence[Shape], *, language: str = "en") -> tuple[Description, list[Problem]]:
    """What a document wants, and everything that is wrong with it; ``language`` is that of a community that stands.

    The description is whole only when there are no problems.
    """
    problems = list(document.problems)
    if not document.data:
        problems += [] if problems else [Problem("There is nothing in it.", document.at(()))]
        return Description("", {}, document), problems
    problems += _head(document, shapes)
    context = {"language": _language(document, language)}
    wanted: Wanted = {}
    for shape in shapes:
        if shape.key in document.data:
            part = _part(document, shape, context, problems)
            if part is not None:
                wanted[shape.key] = part
        problems += _templates_alone(document, shape, context)
        problems += _circles(document, shape, wanted)
    head = wanted.get(COMMUNITY)
    key = head.objects[""].pop("key", "") if head else ""  # says which community is meant; nothing to change
    return Description(key, wanted, document), _sorted_once(problems)


def _head(document: Document, shapes: Sequence[Shape]) -> Iterator[Problem]:
    version = document.data.get(HEAD)
    if HEAD not in document.data:
        yield Problem("Begin with `hearth: 1`, the version of the format.", document.at(()))
    elif isinstance(version, str) and version.strip() == str(FORMAT):
        yield Problem(SENTENCES["int_type"], document.at((HEAD,)), {"key": HEAD})
    elif version != FORMAT or isinstance(version, bool):
        values = {"given": str(version)[:20], "known": FORMAT}
        sentence = noted("This is written in version `%(given)s` of the format; this house reads version %(known)s.")
        yield Problem(sentence, document.at((HEAD,)), values)
    known = [HEAD, *(shape.key for shape in shapes), *(shape.templates for shape in shapes if shape.templates)]
    for key in [key for key in document.data if key not in known][:MOST_PROBLEMS]:
        yield unknown_key(key, known, document, (key,))


def _language(document: Document, standing: str) -> str:
    community = document.data.get(COMMUNITY)
    told = community.get("language") if isinstance(community, dict) else None
    return told if told in LANGUAGES else standing


def _part(document: Document, shape: Shape, context: Mapping[str, str], problems: list[Problem]) -> WantedPart | None:
    value, path = document.data[shape.key], (shape.key,)
    if value is None:
        sentence = noted(
            "Nothing stands under `%(key)s`. Take the key away to leave this part alone, or write `{}` for none."
        )
        problems.append(Problem(sentence, document.at(path), {"key": shape.key}))
        return None
    if not isinstance(value, dict):
        problems.append(Problem("Here stands a mapping of keys and values.", document.at(path)))
        return None
    if not shape.keyed:
        fields = _fields(document, shape, value, path, context, problems)
        return WantedPart({"": fields}, keep_others=True)
    keep = value.get(KEEP_OTHERS, False)
    if not isinstance(keep, bool):
        problems.append(Problem("`%(key)s` is true or false.", document.at((*path, KEEP_OTHERS)), {"key": KEEP_OTHERS}))
    objects: Objects = {}
    for key, raw in value.items():
        if key == KEEP_OTHERS:
            continue
        name = _key(document, shape, key, problems)
        objects[name] = _fields(document, shape, raw, (shape.key, key), context, problems)
    return WantedPart(objects, keep_others=keep is True)


def _key(document: Document, shape: Shape, key: str, problems: list[Problem]) -> str:
    try:
        return shape.known(str(_KEYS[shape.keys].validate_python(key)))
    except ValidationError as wrong:
        error: Mapping[str, Any] = wrong.errors()[0]
    except PydanticCustomError as wrong:
        error = {"type": wrong.type, "loc": (), "ctx": wrong.context, "msg": wrong.message()}
    problems.append(problem_of(error, BaseModel, document, (shape.key, key)))
    return key


def _fields(
    document: Document,
    shape: Shape,
    raw: Any,
    path: Path,
    context: Mapping[str, str],
    problems: list[Problem],
) -> Fields:
    if len(problems) > MOST_PROBLEMS:
        return {}
    if raw is None and shape.keyed:
        raw = {}
    if isinstance(raw, dict) and shape.templates and LIKE in raw:
        raw = _filled(document, shape, raw, path, problems)
    found, wrong = _validated(shape.model(), raw, context)
    own = raw if isinstance(raw, dict) else {}
    for error in wrong[:MOST_PROBLEMS]:
        first = error["loc"][0] if error["loc"] else ""
        inherited = first in own and (*path, first) not in document.places
        if not inherited:  # else it is told where the template says it
            problems.append(problem_of(error, shape.model(), document, path))
    return found


def _filled(document: Document, shape: Shape, raw: Fields, path: Path, problems: list[Problem]) -> Fields:
    """The object with what its template says beside it."""
    name = raw[LIKE]
    own = {key: value for key, value in raw.items() if key != LIKE}
    templates = document.data.get(shape.templates)
    template = templates.get(name) if isinstance(templates, dict) and isinstance(name, str) else None
    if not isinstance(template, dict):
        known = list(templates) if isinstance(templates, dict) else []
        values = {"name": str(name)[:60], "known": ", ".join(known), "part": shape.templates}
        sentence = noted("There is no template `%(name)s`; there are: %(known)s.")
        if not known:
            sentence = noted("There is no template `%(name)s`; templates stand under `%(part)s`, and there are none.")
        problems.append(Problem(sentence, document.at((*path, LIKE)), values))
        return own
    return template | own


def _validated(model: type[BaseModel], raw: Any, context: Mapping[str, str]) -> tuple[Fields, list[Any]]:
    try:
        found = model.model_validate(raw, context=dict(context))
    except ValidationError as wrong:
        return {}, list(wrong.errors(include_url=False))
    return found.model_dump(mode="json", by_alias=True, exclude_unset=True), []


def _templates_alone(document: Document, shape: Shape, context: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the templates themselves; a template need not be complete."""
    templates = document.data.get(shape.templates) if shape.templates else None
    if templates is None:
        return
    if not isinstance(templates, dict):
        yield Problem("Here stands a mapping of keys and values.", document.at((shape.templates,)))
        return
    for name, raw in templates.items():
        _found, wrong = _validated(shape.model(), raw, context)
        for error in wrong:
            if error["type"] != "missing":
                yield problem_of(error, shape.model(), document, (shape.templates, name))


def _circles(document: Document, shape: Shape, wanted: Wanted) -> Iterator[Problem]:
    """Objects that stand, through their parents, below themselves."""
    part = wanted.get(shape.key)
    if not shape.parent or part is None:
        return
    for key in part.objects:
        seen, above = {key}, part.objects[key].get(shape.parent)
        while above in part.objects and above not in seen:
            seen.add(above)
            above = part.objects[above].get(shape.parent)
        if above == key:
            at = document.at((shape.key, key, shape.parent))
            yield Problem("`%(key)s` stands below itself.", at, {"key": key})


def references(
    wanted: Wanted, shapes: Sequence[Shape], standing: Mapping[str, Objects]
) -> Iterator[tuple[Path, str, str]]:
    """(path, key, part) of everything that is pointed at and neither wanted nor there."""
    for shape in shapes:
        pointing = {**shape.refers, **({shape.parent: shape.key} if shape.parent else {})}
        part = wanted.get(shape.key)
        if not pointing or part is None:
            continue
        known = {target: _known(target, wanted, standing) for target in pointing.values()}
        for key, fields in part.objects.items():
            for field, target in pointing.items():
                told = fields.get(field) or []
                for one in told if isinstance(told, list) else [told]:
                    if one not in known[target]:
                        yield (shape.key, key, field), one, target


def _known(part: str, wanted: Wanted, standing: Mapping[str, Objects]) -> set[str]:
    there = set(standing.get(part, {}))
    named = wanted.get(part)
    if named is None:
        return there
    return set(named.objects) | ((there - named.gone) if named.keep_others else set())


def _sorted_once(problems: list[Problem]) -> list[Problem]:
    """In the order of the text, each once."""
    once: dict[tuple[Any, ...], Problem] = {}
    for one in problems:
        once.setdefault((str(one.at), one.sentence, str(one.values)), one)
    ordered = sorted(once.values(), key=lambda one: (one.at.file, one.at.line, one.at.column) if one.at else ("", 0, 0))
    return ordered[:MOST_PROBLEMS]
