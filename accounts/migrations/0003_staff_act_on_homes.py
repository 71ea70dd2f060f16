"""Staff approve and refuse homes, and the log says which one an act was about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sessions_codes_and_sealed_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="staffact",
            name="about",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="What of theirs: a home with its number.",
                max_length=100,
                verbose_name="about",
            ),
        ),
        migrations.AlterField(
            model_name="staffact",
            name="act",
            field=models.CharField(
                choices=[
                    ("verify_identity", "approved an identity"),
                    ("reject_identity", "rejected an identity"),
                    ("read_number", "read a full ID number"),
                    ("approve_house", "approved a home"),
                    ("refuse_house", "refused a home"),
                ],
                max_length=24,
                verbose_name="what",
            ),
        ),
    ]
