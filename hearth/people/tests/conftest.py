"""What tests of people share."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def own_home(tmp_path: Path, settings: Any) -> Path:
    """A folder of the house for this test alone."""
    settings.HEARTH_HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path
