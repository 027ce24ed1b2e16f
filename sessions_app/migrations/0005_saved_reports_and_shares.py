import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import timetracker.db.ids


class Migration(migrations.Migration):
    """Adds the tables of reports to come back to, and of links by which others see one."""

    dependencies = [
        ("sessions_app", "0004_budgets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="change",
            name="kind",
            field=models.CharField(
                choices=[
                    ("session", "session"),
                    ("project", "project"),
                    ("client", "client"),
                    ("tag", "tag"),
                    ("report", "saved report"),
                    ("share", "share link"),
                ],
                default="session",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SavedReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=timetracker.db.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="address")),
                ("is_default", models.BooleanField(default=False, verbose_name="default")),
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
                "verbose_name": "saved report",
                "verbose_name_plural": "saved reports",
                "indexes": [models.Index(fields=["user", "id"], name="savedreport_by_user")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at__isnull", True), ("is_default", True)),
                        fields=("user",),
                        name="savedreport_one_default",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=timetracker.db.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="updated")),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="deleted")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="address")),
                (
                    "page",
                    models.CharField(
                        choices=[("report", "Report"), ("timesheet", "Timesheet")], max_length=10, verbose_name="page"
                    ),
                ),
                ("shows_hours", models.BooleanField(default=True, verbose_name="hours")),
                ("shows_amounts", models.BooleanField(default=False, verbose_name="amounts")),
                ("shows_notes", models.BooleanField(default=False, verbose_name="notes")),
                ("shows_running", models.BooleanField(default=False, verbose_name="the running session")),
                ("is_frozen", models.BooleanField(default=False, verbose_name="frozen")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("secret_hash", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ("password", models.CharField(blank=True, default="", editable=False, max_length=128)),
                ("content", models.JSONField(editable=False, null=True)),
                ("access_count", models.PositiveBigIntegerField(default=0, editable=False)),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last opened")),
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
                "verbose_name": "share link",
                "verbose_name_plural": "share links",
                "indexes": [models.Index(fields=["user", "id"], name="share_by_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_frozen", False), ("shows_running", False), _connector="OR"),
                        name="share_frozen_without_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shows_hours", True), ("shows_amounts", True), _connector="OR"),
                        name="share_shows_something",
                    ),
                ],
            },
        ),
    ]
