"""The register of licences that works everywhere: the list that the operator imported."""

from django.utils.translation import gettext_lazy as _

from hearth.core import crypto
from hearth.people.models import LicenceRecord
from hearth.people.registry import LicenceEntry, LicenceRegister, licence_registries
from hearth.people.rules.matching import plain_number


def licence_mark(number: str) -> str:
    """The mark by which a licence number is recognised, however it is written."""
    return crypto.fingerprint("licence", plain_number(number).encode())


def count_licences() -> int:
    """How many licences the imported list holds."""
    return LicenceRecord.objects.count()


def _look_up(number: str) -> LicenceEntry | None:
    found = LicenceRecord.objects.filter(mark=licence_mark(number)).first()
    if found is None:
        return None
    return LicenceEntry(found.name, found.institution, found.department, found.valid_until)


def _is_ready() -> bool:
    return LicenceRecord.objects.exists()


LOCAL = licence_registries.register("file", LicenceRegister("file", _("Imported list"), _is_ready, _look_up))
