"""Templates that render to nothing: where only the answer's status counts, most of a request's cost is its page."""

from typing import Any

from django.template.backends.base import BaseEngine


class _Blank:
    def render(self, context: Any = None, request: Any = None) -> str:
        return ""


class Blank(BaseEngine):
    """An engine that knows every template and renders none."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        params.pop("OPTIONS", None)
        super().__init__(params)

    def get_template(self, template_name: str) -> Any:
        """Whatever was asked for."""
        return _Blank()


SETTING = [{"BACKEND": "tests.security.blank.Blank", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}]
