"""The shape of every HTTP API route: what it takes and answers is declared once, for the route and for its document.

::

    @operation("Read a metric", answer=Readings, parameters=(Parameter("since", "day", "The first day."),))
    def readings(request, given, metric_name) -> Answer: ...

Routes live under ``/api/v1/``. Refusals are ``application/problem+json`` (RFC 9457) with a stable ``code``. Every
answer carries an ETag made of what it was made of, so that an unchanged answer is not even computed (RFC 9110, 8.8.3).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from hearth import __version__
from hearth.core.errors import Refusal
from hearth.kit.clock import day_number

MAX_DIGITS = 18
Kind = Literal["number", "day", "word"]


class BadParameter(Refusal):
    """A parameter of an API route that cannot be read."""

    code = "bad_parameter"
    sentence = "The parameter “%(field)s” cannot be read. It takes: %(wanted)s."

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(field=field, wanted=wanted)
        self.params = {"field": field, "wanted": wanted}


class UnknownParameter(Refusal):
    """A parameter that the route does not know: a misspelt filter must not silently answer with everything."""

    code = "unknown_parameter"
    sentence = "This address does not know the parameter “%(name)s”. It knows: %(known)s."


class MethodUnknown(Refusal):
    """A method that the route does not know."""

    code = "method_not_allowed"
    status = 405
    sentence = "This address only knows GET."


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter. ``low`` and ``high`` bound numbers, ``choices`` words; ``default`` stands in for none."""

    name: str
    kind: Kind
    description: str
    default: Any = None
    low: int = 1
    high: int = 0
    choices: tuple[str, ...] = ()

    def read(self, text: str) -> Any:
        """The value. Raises BadParameter."""
        if self.kind == "day":
            return self._day(text)
        if self.kind == "number":
            return self._number(text)
        if text not in self.choices:
            raise BadParameter(self.name, " | ".join(self.choices))
        return text

    def _day(self, text: str) -> int:
        try:
            return day_number(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007  a day has no zone
        except ValueError:
            raise BadParameter(self.name, "2026-01-31") from None

    def _number(self, text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else -1
        if number < self.low or (self.high and number > self.high):
            raise BadParameter(self.name, f"{self.low}–{self.high}" if self.high else f"≥ {self.low}")
        return number


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers: ``mark`` changes whenever the answer would, ``make`` makes it only where it is wanted.

    ``make`` gives a dataclass, told as JSON, or a response of another kind.
    """

    mark: Any
    make: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """A declared route, for its document: a title, what it does, what it takes, and the dataclass it answers."""

    title: str
    description: str
    answer: type
    parameters: tuple[Parameter, ...]
    also_csv: bool


View = Callable[..., HttpResponseBase]


def operation(
    title: str, *, answer: type, parameters: tuple[Parameter, ...] = (), also_csv: bool = False
) -> Callable[[Callable[..., Answer]], View]:
    """Make a view of a function that takes (request, given parameters, the arguments of the address)."""

    def declare(act: Callable[..., Answer]) -> View:
        @wraps(act)
        def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {"GET", "HEAD"}:
                raise MethodUnknown()
            return respond(request, act(request, given(request, parameters), **kwargs))

        view.operation = Operation(title, (act.__doc__ or "").strip(), answer, parameters, also_csv)  # type: ignore[attr-defined]
        return view

    return declare


def given(request: HttpRequest, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """Each parameter with its value. Raises UnknownParameter or BadParameter."""
    known = {one.name: one for one in parameters}
    for name in request.GET:
        if name not in known:
            raise UnknownParameter(field=name[:80], name=name[:80], known=", ".join(sorted(known)) or "–")
    return {
        name: one.read(request.GET[name]) if request.GET.get(name, "") != "" else one.default
        for name, one in known.items()
    }


def respond(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """304 to whoever has this answer already; else the answer, for its reader alone."""
    etag = _etag(request, answer.mark)
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    response: HttpResponseBase
    if etag in known or "*" in known:
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    else:
        made = answer.make()
        response = made if isinstance(made, HttpResponseBase) else _as_json(made)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"  # keep it, and ask whether it still holds
    response.headers["Vary"] = "Authorization, Cookie, Accept-Language"
    return response


def _as_json(made: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(made), content_type="application/json")


def _etag(request: HttpRequest, mark: Any) -> str:
    told = (__version__, request.get_full_path(), get_language(), mark)
    return f'"{hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()}"'
