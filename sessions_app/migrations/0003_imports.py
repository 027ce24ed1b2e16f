import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sessions_app.models.constraints
import timetracker.db.ids


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0002_unfinished_changesets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=timetracker.db.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("files", models.JSONField(default=list)),
                ("answers", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=dict)),
                ("result", models.JSONField(null=True)),
                ("changeset_id", models.UUIDField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "created_at"], name="import_by_time")],
                "constraints": [models.UniqueConstraint(fields=("user", "id"), name="import_of_user")],
            },
        ),
        migrations.CreateModel(
            name="ImportIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(max_length=48)),
                ("session_id", models.UUIDField()),
                ("is_freed", models.BooleanField(db_default=False, default=False)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "session_id"], name="import_identity_by_session")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_freed", False)),
                        fields=("user", "identity"),
                        name="import_identity_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_number", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("data", models.BinaryField()),
                (
                    "of_import",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="pieces",
                        to="sessions_app.import",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "of_import", "file_number", "number"), name="import_piece_once"
                    ),
                    sessions_app.models.constraints.SameUserForeignKey(
                        field="of_import", name="import_piece_import_same_user"
                    ),
                ],
            },
        ),
    ]
