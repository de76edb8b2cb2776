"""The licence number stands among the evidence now (0003 copied it); the columns it had go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0003_verification_desk")]

    operations = [
        migrations.RemoveField(
            model_name="verification",
            name="key_id",
        ),
        migrations.RemoveField(
            model_name="verification",
            name="licence_sealed",
        ),
    ]
