"""What a blueprint became is a *revision*: an application is what a person hands in at the door of a group."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blueprint", "0003_copies")]

    operations = [
        migrations.RemoveConstraint(model_name="step", name="blueprint_step_once"),
        migrations.RemoveConstraint(model_name="application", name="blueprint_application_number_once"),
        migrations.RenameModel("Application", "Revision"),
        migrations.RenameField("step", "application", "revision"),
        migrations.AlterField(
            model_name="revision",
            name="batch",
            field=models.ForeignKey(
                "blueprint.copybatch", models.SET_NULL, null=True, blank=True, related_name="revisions"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=["community", "number"], name="blueprint_revision_number_once"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=["revision", "number"], name="blueprint_step_once"),
        ),
    ]
