"""A draft may lack what every other home must have. New rules come before the old ones go: all the while one holds."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q


def delete_unfinished(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 — as RunPython calls it
    """On the way back delete the drafts that the rules before do not allow, and the nights blocked in them."""
    unfinished = Q(area=None) | Q(price_fen=0) | Q(capacity=0) | Q(room_count=0) | Q(acreage=0)
    drafts = apps.get_model("listings", "House").objects.filter(unfinished, status="draft")
    apps.get_model("listings", "Hold").objects.filter(house__in=list(drafts)).delete()
    drafts.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0002_facilities_of_the_contract"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="house",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "draft"), ("area__isnull", False), _connector="OR"),
                name="only_a_draft_lies_nowhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="house",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "draft"), ("price_fen__gt", 0), _connector="OR"),
                name="only_a_draft_has_no_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="house",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"),
                    models.Q(("acreage__gte", 1), ("capacity__gte", 1), ("room_count__gte", 1)),
                    _connector="OR",
                ),
                name="only_a_draft_has_no_room_for_a_guest",
            ),
        ),
        migrations.AddConstraint(
            model_name="house",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"),
                    models.Q(
                        models.Q(("title", ""), _negated=True),
                        models.Q(("unit", ""), _negated=True),
                        models.Q(("beds", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="only_a_draft_is_not_described",
            ),
        ),
        migrations.AddConstraint(
            model_name="house",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("pending", "published")), _negated=True),
                    models.Q(("address", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_home_on_the_market_has_an_address",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="acreage",
            field=models.PositiveIntegerField(
                default=0,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000),
                ],
                verbose_name="size in m²",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="area",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="houses",
                to="listings.area",
                verbose_name="area",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="capacity",
            field=models.PositiveSmallIntegerField(
                default=0,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="guests at most",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="cleaning_fee_fen",
            field=models.PositiveIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(100000000)],
                verbose_name="cleaning fee (fen)",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="deposit_fen",
            field=models.PositiveIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(100000000)],
                verbose_name="deposit (fen)",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="max_nights",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="0: no limit",
                validators=[django.core.validators.MaxValueValidator(9999)],
                verbose_name="nights at most",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="min_nights",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(400)],
                verbose_name="nights at least",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="price_fen",
            field=models.PositiveIntegerField(
                default=0,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000000),
                ],
                verbose_name="price a night (fen)",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="room_count",
            field=models.PositiveSmallIntegerField(
                default=0,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)],
                verbose_name="rooms",
            ),
        ),
        migrations.AlterField(
            model_name="house",
            name="weekend_price_fen",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000000),
                ],
                verbose_name="weekend price a night (fen)",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="house",
            name="a_night_has_a_price",
        ),
        migrations.RemoveConstraint(
            model_name="house",
            name="a_home_has_room_for_a_guest",
        ),
        migrations.RunPython(migrations.RunPython.noop, delete_unfinished),
    ]
