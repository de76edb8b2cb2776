"""A copied community knows the revision with which it began, so that a batch can be rolled back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blueprint", "0004_revisions")]

    operations = [
        migrations.AddField("copy", "began_with", models.PositiveIntegerField(null=True, blank=True)),
    ]
