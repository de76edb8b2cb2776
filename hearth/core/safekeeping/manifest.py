"""What a backup says about itself."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

FORMAT = 1
_MODULUS = 1 << 256


class DamagedBackup(Exception):
    """The backup is not what its manifest says, or does not fit this installation. The message is for the operator."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """Rows of a table and the sum of their SHA-256 digests modulo 2^256: equal for equal rows in any order."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FileSum:
    """Bytes of a file and their SHA-256."""

    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """The contents of a backup. ``migrations`` are the applied ones, as ``app.name``."""

    vendor: str
    created_at: str
    migrations: list[str]
    format: int = FORMAT
    tables: dict[str, TableSum] = field(default_factory=dict)
    files: dict[str, FileSum] = field(default_factory=dict)

    def to_json(self) -> str:
        """As stored."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Parse a stored one. Raises DamagedBackup."""
        try:
            raw = json.loads(text)
            if raw["format"] != FORMAT:
                raise DamagedBackup(f"The backup has format {raw['format']}; this version reads {FORMAT}.")
            raw["tables"] = {name: TableSum(**told) for name, told in raw["tables"].items()}
            raw["files"] = {name: FileSum(**told) for name, told in raw["files"].items()}
            return cls(**raw)
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedBackup(f"The manifest of the backup cannot be read ({error}).") from error


def sum_of_rows(rows: Iterable[bytes]) -> TableSum:
    """The checksum of a table from its rows as bytes."""
    count, total = 0, 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(row).digest())
    return TableSum(count, f"{total % _MODULUS:064x}")


def differences(told: dict[str, TableSum], found: dict[str, TableSum]) -> list[str]:
    """One sentence for every table that is missing, added or different."""
    said = [f"table {name} is missing" for name in sorted(told.keys() - found.keys())]
    said += [f"table {name} was not in the backup" for name in sorted(found.keys() - told.keys())]
    for name in sorted(told.keys() & found.keys()):
        if told[name] != found[name]:
            said.append(f"table {name} differs ({told[name].rows} rows told, {found[name].rows} found)")
    return said
