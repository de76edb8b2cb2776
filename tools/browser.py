"""Which browser journeys and pictures use."""

import os
import shutil

# Debian's, the headless one first: the same engine without windows, and a third less of the processor.
CHROMIUM = os.environ.get("HEARTH_CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
