"""Name the table of what homes have, as it is, so that a facility which one has is protected."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0009_searches_without_a_result")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="HouseFacility",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "facility",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="listings.facility"),
                        ),
                        ("house", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="listings.house")),
                    ],
                    options={"db_table": "listings_house_facilities", "unique_together": {("house", "facility")}},
                ),
                migrations.AlterField(
                    model_name="house",
                    name="facilities",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="houses",
                        through="listings.HouseFacility",
                        to="listings.facility",
                        verbose_name="facilities",
                    ),
                ),
            ]
        )
    ]
