"""Clients, projects, tags, rates; and the record of changes is of those, too."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sessions_app.constraints
import timetracker.ids
import users_app.money


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0002_undo_and_forgotten"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="change", name="change_by_session"),
        migrations.RenameField(model_name="change", old_name="session_id", new_name="object_id"),
        migrations.AddIndex(
            model_name="change", index=models.Index(fields=["user", "object_id", "id"], name="change_by_object")
        ),
        migrations.CreateModel(
            name="SessionTag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.UUIDField(default=timetracker.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_key", models.CharField(editable=False, max_length=600)),
                (
                    "archived",
                    models.BooleanField(
                        default=False, help_text="No longer offered; reports keep it.", verbose_name="archived"
                    ),
                ),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="change",
            name="kind",
            field=models.CharField(
                choices=[("session", "session"), ("project", "project"), ("client", "client"), ("tag", "tag")],
                default="session",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="timesession",
            name="currency",
            field=models.CharField(
                blank=True, max_length=3, validators=[users_app.money.validate_currency], verbose_name="currency"
            ),
        ),
        migrations.AddField(
            model_name="timesession",
            name="hourly_rate",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                max_digits=12,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal(0))],
                verbose_name="hourly rate",
            ),
        ),
        migrations.AddField(
            model_name="timesession",
            name="rate_is_own",
            field=models.BooleanField(default=False, editable=False, verbose_name="own rate"),
        ),
        migrations.AlterField(
            model_name="change",
            name="action",
            field=models.CharField(
                choices=[
                    ("start", "started"),
                    ("stop", "stopped"),
                    ("discard", "discarded"),
                    ("create", "added"),
                    ("edit", "changed"),
                    ("delete", "deleted"),
                    ("restore", "restored"),
                    ("duplicate", "duplicated"),
                    ("split", "split"),
                    ("merge", "merged"),
                    ("move", "moved"),
                    ("insert", "inserted"),
                    ("confirm", "confirmed"),
                    ("reprice", "given a new rate"),
                    ("import", "imported"),
                    ("undo", "undone"),
                    ("purge", "removed for good"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="timesession",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.UUIDField(default=timetracker.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_key", models.CharField(editable=False, max_length=600)),
                (
                    "archived",
                    models.BooleanField(
                        default=False, help_text="No longer offered; reports keep it.", verbose_name="archived"
                    ),
                ),
                (
                    "hourly_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="hourly rate",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        max_length=3,
                        validators=[users_app.money.validate_currency],
                        verbose_name="currency",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "client",
                "verbose_name_plural": "clients",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.UUIDField(default=timetracker.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_key", models.CharField(editable=False, max_length=600)),
                (
                    "archived",
                    models.BooleanField(
                        default=False, help_text="No longer offered; reports keep it.", verbose_name="archived"
                    ),
                ),
                (
                    "colour",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(8),
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "billable_by_default",
                    models.BooleanField(
                        default=False, help_text="New sessions of this project are billable.", verbose_name="billable"
                    ),
                ),
                (
                    "hourly_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="hourly rate",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        max_length=3,
                        validators=[users_app.money.validate_currency],
                        verbose_name="currency",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="projects",
                        to="sessions_app.client",
                        verbose_name="client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="timesession",
            name="project",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="sessions",
                to="sessions_app.project",
                verbose_name="project",
            ),
        ),
        migrations.AddIndex(
            model_name="timesession",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", True), ("last_date__isnull", False)),
                fields=[
                    "user",
                    "last_date",
                    "first_date",
                    "project",
                    "billable",
                    "hourly_rate",
                    "currency",
                    "duration_seconds",
                    "deleted_at",
                ],
                name="session_in_reports",
            ),
        ),
        migrations.AddIndex(
            model_name="timesession",
            index=models.Index(
                condition=models.Q(("project__isnull", False)),
                fields=["user", "project", "first_date"],
                name="session_by_project",
            ),
        ),
        migrations.AddConstraint(
            model_name="timesession",
            constraint=models.UniqueConstraint(fields=("user", "id"), name="session_of_user"),
        ),
        migrations.AddConstraint(
            model_name="timesession",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", ""), ("hourly_rate__isnull", True)),
                    models.Q(
                        ("hourly_rate__gte", 0),
                        ("hourly_rate__isnull", False),
                        models.Q(("currency", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="session_rate_has_currency",
            ),
        ),
        migrations.AddField(
            model_name="sessiontag",
            name="session",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="sessions_app.timesession",
            ),
        ),
        migrations.AddField(
            model_name="sessiontag",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sessiontag",
            name="tag",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="sessions_app.tag",
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at__isnull", True)), fields=("user", "name_key"), name="client_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="client",
            constraint=models.UniqueConstraint(fields=("user", "id"), name="client_of_user"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                condition=models.Q(("client__isnull", False)), fields=["user", "client"], name="project_by_client"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at__isnull", True)), fields=("user", "name_key"), name="project_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(fields=("user", "id"), name="project_of_user"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__range", (1, 8))), name="project_colour_is_one_of_eight"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at__isnull", True)), fields=("user", "name_key"), name="tag_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("user", "id"), name="tag_of_user"),
        ),
        migrations.AddIndex(
            model_name="sessiontag",
            index=models.Index(fields=["user", "tag", "session"], name="session_tag_by_tag"),
        ),
        migrations.AddConstraint(
            model_name="sessiontag",
            constraint=models.UniqueConstraint(fields=("user", "session", "tag"), name="session_tag_once"),
        ),
        # Last, for each needs the unique constraint it points to.
        migrations.AddConstraint(
            model_name="timesession",
            constraint=sessions_app.constraints.OwnObject(field="project", name="session_project_is_own"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=sessions_app.constraints.OwnObject(field="client", name="project_client_is_own"),
        ),
        migrations.AddConstraint(
            model_name="sessiontag",
            constraint=sessions_app.constraints.OwnObject(field="session", name="session_tag_session_is_own"),
        ),
        migrations.AddConstraint(
            model_name="sessiontag",
            constraint=sessions_app.constraints.OwnObject(field="tag", name="session_tag_tag_is_own"),
        ),
    ]
