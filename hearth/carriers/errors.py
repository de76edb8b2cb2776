"""Refusals of carriers: a code, a sentence, and the values a translation fills in."""


class ArchiveRefused(Exception):
    """An archive that cannot be read at all. What can be read in part is never refused: see ``Rejected``.

    Shaped as core's refusals are (``code``, ``status``, ``sentence`` as message id, ``params``), but reading archives
    works without Django, so it is no subclass and ``str(error)`` is always English.
    """

    status = 422
    field = None

    def __init__(self, code: str, sentence: str, params: dict[str, str] | None = None) -> None:
        self.code = code
        self.sentence = sentence
        self.params = params or {}
        super().__init__(sentence % self.params if self.params else sentence)
