"""The table of doors: every route of the house and who may knock. A route without a row is refused, a test walks them.

Keep it sorted by module. Finer rights (a member of *this* group, its keeper) are checked by the access functions.
"""

from hearth.core.routing import Door, Row

DOORS: dict[str, Door | Row] = {
    "ui:components": Row(Door.PUBLIC, keyless=True),
    "ui:manifest": Door.PUBLIC,
    "ui:palette-sample": Door.PUBLIC,
    "ui:preferences": Row(Door.PUBLIC, keyless=True),
    "ui:undo-sample": Row(Door.PUBLIC, keyless=True),
}
