from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blueprint", "0005_began_with")]

    operations = [
        migrations.AddField(model_name="revision", name="upkeep", field=models.BooleanField(default=False)),
    ]
