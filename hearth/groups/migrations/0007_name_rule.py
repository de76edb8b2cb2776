"""What a name card must hold, group by group."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0006_entry_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="group",
            name="name_rule",
            field=models.CharField(blank=True, max_length=80),
        ),
    ]
