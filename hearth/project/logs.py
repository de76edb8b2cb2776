"""How the processes speak: coloured lines on a terminal, one JSON object a line everywhere else."""

import logging
import sys
from typing import Any

import structlog


class WithoutPath(logging.Filter):
    """Tells a request by its route: addresses hold entry codes, tokens and names, and a log lies about for long."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the words anew where a request is spoken of."""
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            route = match.view_name if match else "no route"
            record.msg, record.args = f"{record.getMessage().partition(':')[0]}: {request.method} {route}", ()
        return True


def configure_logging(process: str) -> None:
    """Set up structlog and Django's own loggers for this process; ``process`` is in every line."""
    on_terminal = sys.stderr.isatty()

    def name_process(_logger: Any, _method: str, said: structlog.typing.EventDict) -> structlog.typing.EventDict:
        said["process"] = process
        return said

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        name_process,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    end: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if on_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end],
        )
    )
    handler.addFilter(WithoutPath())
    logging.getLogger("django.request").setLevel(logging.ERROR)  # whoever is refused was told so; ours to mend are 5xx
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
