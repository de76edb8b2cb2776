"""Evidence for credentials, and who thought what of it."""

import itertools

import django.db.models.deletion
import hearth.kit.clock
from django.db import migrations, models


BATCH = 500


def copy_licences(apps, editor):
    """Every sealed licence number becomes a piece of evidence; it stays sealed as it is."""
    verification, evidence = apps.get_model("people", "Verification"), apps.get_model("people", "Evidence")
    rows = verification._base_manager.exclude(licence_sealed="").order_by("pk")
    made = (
        evidence(
            community_id=row.community_id,
            verification_id=row.pk,
            kind="licence",
            state="given",
            sealed=row.licence_sealed,
            key_id=row.key_id,
            at=row.asked_at,
        )
        for row in rows.iterator(BATCH)
    )
    while some := list(itertools.islice(made, BATCH)):
        evidence._base_manager.bulk_create(some)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_transaction_ids"),
        ("people", "0002_member_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("given", "Given"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="given",
                        max_length=10,
                    ),
                ),
                ("sealed", models.TextField(blank=True)),
                ("stored_as", models.CharField(blank=True, max_length=120)),
                ("key_id", models.CharField(blank=True, max_length=20)),
                ("media_type", models.CharField(blank=True, max_length=40)),
                ("size", models.PositiveIntegerField(default=0)),
                ("mark", models.CharField(blank=True, max_length=64)),
                ("told", models.JSONField(blank=True, default=dict)),
                ("by", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField(default=hearth.kit.clock.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("shredded_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HeldAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=hearth.kit.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="LicenceRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=120)),
                ("institution", models.CharField(blank=True, max_length=160)),
                ("department", models.CharField(blank=True, max_length=160)),
                ("valid_until", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=hearth.kit.clock.now)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reviewer", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=40)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("verified", "Verified"), ("refused", "Refused"), ("more", "More")], max_length=10
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("checked", models.JSONField(blank=True, default=list)),
                ("risk", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField(default=hearth.kit.clock.now)),
                ("settles_at", models.DateTimeField(default=hearth.kit.clock.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="verification",
            name="people_one_open_verification",
        ),
        migrations.AddField(
            model_name="verification",
            name="asked_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verification",
            name="means",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="verification",
            name="reminded_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verification",
            name="risk",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="verification",
            name="taken_by",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="verification",
            name="taken_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="verification",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("waiting", "Waiting"),
                    ("asking", "Asking"),
                    ("verified", "Verified"),
                    ("refused", "Refused"),
                    ("expired", "Expired"),
                    ("revoked", "Revoked"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "waiting", "asking"))),
                fields=("member",),
                name="people_one_open_verification",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="by_member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="people.member",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.community"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="verification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="evidence", to="people.verification"
            ),
        ),
        migrations.AddField(
            model_name="heldaddress",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.community"
            ),
        ),
        migrations.AddField(
            model_name="heldaddress",
            name="member",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.member"),
        ),
        migrations.AddField(
            model_name="licencerecord",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.community"
            ),
        ),
        migrations.AddField(
            model_name="mailcode",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.community"
            ),
        ),
        migrations.AddField(
            model_name="mailcode",
            name="evidence",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="code", to="people.evidence"
            ),
        ),
        migrations.AddField(
            model_name="opinion",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.community"
            ),
        ),
        migrations.AddField(
            model_name="opinion",
            name="verification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="opinions", to="people.verification"
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["community", "mark"], name="people_evidence_mark"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "vouch")), fields=("verification", "by_member"), name="people_vouch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="heldaddress",
            constraint=models.UniqueConstraint(fields=("community", "mark"), name="people_address_once"),
        ),
        migrations.AddConstraint(
            model_name="licencerecord",
            constraint=models.UniqueConstraint(fields=("community", "mark"), name="people_licence_once"),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("verification", "reviewer"),
                name="people_two_reviewers_are_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None), ("undone_at", None)),
                fields=("verification",),
                name="people_one_opinion_at_a_time",
            ),
        ),
        migrations.RunPython(copy_licences, migrations.RunPython.noop),
    ]
