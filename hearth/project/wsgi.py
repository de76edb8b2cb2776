"""The pages' entry point for granian."""

import os

from django.core.wsgi import get_wsgi_application

from hearth.project.logs import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearth.project.settings")
application = get_wsgi_application()
configure_logging("web")  # last: Django sets up its own loggers
