"""A client may ask twice to begin a home and begins one: the key under which it was asked is kept."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0003_a_draft_may_be_incomplete"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="house",
            name="request_digest",
            field=models.CharField(db_default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="house",
            name="request_key",
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
        migrations.AddConstraint(
            model_name="house",
            constraint=models.UniqueConstraint(fields=("host", "request_key"), name="a_home_is_begun_once_for_a_key"),
        ),
    ]
