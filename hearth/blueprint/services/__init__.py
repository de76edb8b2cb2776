"""What can be done with blueprints."""

from hearth.blueprint.services.applying import begin_revision, carry_out, fingerprint
from hearth.blueprint.services.community_copies import carry_on
from hearth.blueprint.services.copying import begin_copies, go_on, roll_back_copies
from hearth.blueprint.services.founding import community_of, make_admin, make_platform_admin

__all__ = [
    "begin_copies",
    "begin_revision",
    "carry_on",
    "carry_out",
    "community_of",
    "fingerprint",
    "go_on",
    "make_admin",
    "make_platform_admin",
    "roll_back_copies",
]
