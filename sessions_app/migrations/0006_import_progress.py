from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0005_saved_reports_and_shares")]

    operations = [
        migrations.AddField(model_name="import", name="progress", field=models.JSONField(null=True)),
    ]
