"""What a page really contains, as a browser's parser would see it: links, forms, and anything that could run."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "hx-get", "hx-post", "srcset")
_RUNS = re.compile(r"^(?:javascript|vbscript|data:(?!image/(?:png|svg\+xml|webp|gif|jpeg)[;,]))", re.IGNORECASE)
_BLANKS = re.compile(r"[\x00-\x20\u200b-\u200f\u2028\u2029\ufeff]+")
FOREIGN = {"iframe", "object", "embed", "applet", "base", "frame", "frameset", "style", "portal", "foreignobject"}
UNSHOWN = {"noscript", "template", "textarea", "title"}


@dataclass
class Page(HTMLParser):
    """A parsed page: ``links`` and ``forms`` to follow, ``dangers`` that must not be there."""

    html: str
    links: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    dangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.script: dict[str, str] | None = None
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in FOREIGN:
            self.dangers.append(f"<{tag}>")
        if tag == "meta" and "http-equiv" in told:
            self.dangers.append(f"<meta http-equiv={told['http-equiv']}>")
        if tag == "script":
            self.script = told
            if "src" in told and not told["src"].startswith("/static/"):
                self.dangers.append(f"<script src={told['src']}>")
        if tag == "form":
            self.forms.append(told)
        for name, value in told.items():
            self._attribute(tag, name, value)

    handle_startendtag = handle_starttag

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name in {"style", "srcdoc"}:
            self.dangers.append(f"<{tag} {name}={value[:40]!r}>")
        if name in ADDRESSES:
            if _RUNS.match(_BLANKS.sub("", value)):
                self.dangers.append(f"<{tag} {name}={value[:40]!r}>")
            if tag != "form" and name in {"href", "src", "hx-get"}:
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.script = None

    def handle_data(self, data: str) -> None:
        told = self.script
        if told is not None and data.strip() and "src" not in told and told.get("type") != "application/json":
            self.dangers.append(f"inline script {data.strip()[:40]!r}")


def dangers(html: str) -> list[str]:
    """Everything in a page that our pages never have."""
    return Page(html).dangers
