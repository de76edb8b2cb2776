"""What tests of people share."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hearth.people.services.rosters import keep_roster, look_again, try_roster
from hearth.people.tests.tables import quiet, settle


@pytest.fixture
def own_home(tmp_path: Path, settings: Any) -> Path:
    """A folder of the house for this test alone."""
    settings.HEARTH_HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path


@pytest.fixture
def brought(own_home, community, ada):
    """``brought(table, **aim)``: a table that was looked through."""

    def bring(table, name="people.csv", **aim):
        data = table if isinstance(table, bytes) else table.encode()
        row = keep_roster(ada.actor, SimpleUploadedFile(name, data))
        looked = try_roster(row.pk, quiet)
        if aim:
            row.refresh_from_db()
            settle(row)
            look_again(ada.actor, row, **({"places": row.places, "kind": "guest"} | aim))
            looked = try_roster(row.pk, quiet)
        row.refresh_from_db()
        settle(row)
        return row, looked

    return bring
