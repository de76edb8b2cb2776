"""The API's own description."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from hearth.api.queries import document
from hearth.core.api import Answer, operation


@operation("Read this description", answer=dict)
def openapi(request: HttpRequest, given: dict[str, Any]) -> Answer:
    """The whole API as an OpenAPI 3.1 document."""
    return Answer("openapi", lambda: HttpResponse(orjson.dumps(document()), content_type="application/json"))
