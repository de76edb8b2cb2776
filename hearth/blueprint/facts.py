"""What happens with blueprints. Ids and small values only."""

from hearth.core.facts import fact


@fact("blueprint.blueprint_applied")
class BlueprintApplied:
    """A plan was carried out: how many things were created, changed, removed, and how many steps were refused.

    ``undoes`` is the revision whose state before was brought back, None for a blueprint.
    """

    application: int  # the revision, by the word that logs know it by
    undoes: int | None
    created: int
    changed: int
    removed: int
    refused: int
