"""Marks that stand where something personal stood."""


def erased_mark(digest: str) -> str:
    """What an identity of an archive is called after its person was erased; the digest recognises it, reads nothing."""
    return f"erased:{digest}"
