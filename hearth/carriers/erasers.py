"""What the tables of carriers hold of somebody."""

from hearth.carriers.models import Upload
from hearth.people.registry import holds_nobody

holds_nobody.register(
    Upload._meta.label,
    "an archive as it was uploaded: it is removed by itself after the days of `carriers.upload_days`, whoever is in it",
)
