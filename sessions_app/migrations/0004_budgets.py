from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Gives projects a budget, and widens the index by project to what a total budget is summed from."""

    dependencies = [
        ("sessions_app", "0003_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="timesession",
            name="session_by_project",
        ),
        migrations.AddField(
            model_name="project",
            name="budget_amount",
            field=models.DecimalField(
                blank=True, decimal_places=4, max_digits=12, null=True, verbose_name="budget in money"
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="budget_period",
            field=models.CharField(
                choices=[("total", "in total"), ("month", "a month")],
                db_default="total",
                default="total",
                max_length=5,
                verbose_name="budget for",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="budget_seconds",
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name="budget in seconds"),
        ),
        migrations.AddIndex(
            model_name="timesession",
            index=models.Index(
                condition=models.Q(("project__isnull", False)),
                fields=[
                    "user",
                    "project",
                    "first_date",
                    "billable",
                    "hourly_rate",
                    "currency",
                    "duration_seconds",
                    "deleted_at",
                ],
                name="session_of_project",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("budget_seconds__isnull", True), ("budget_amount__isnull", True), _connector="OR"),
                name="project_one_budget",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("budget_seconds__gt", 0), ("budget_amount__gt", 0)),
                name="project_budget_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("budget_period__in", ["total", "month"])), name="project_budget_period_is_known"
            ),
        ),
    ]
