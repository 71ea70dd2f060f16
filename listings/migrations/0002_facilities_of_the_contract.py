"""The facilities: ids 1 to 23 are fixed by the API contract, so every site has them from the start."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FACILITIES = [
    (1, "无线网络", "Wi-Fi", "wifi", "basics"),
    (2, "热水淋浴", "Hot shower", "shower-head", "basics"),
    (3, "空调", "Air conditioning", "air-vent", "basics"),
    (4, "暖气", "Heating", "heater", "basics"),
    (5, "允许吸烟", "Smoking allowed", "cigarette", "allowed"),
    (6, "饮水设备", "Drinking water", "glass-water", "kitchen"),
    (7, "牙具", "Toothbrushes", "sparkles", "bath"),
    (8, "香皂", "Soap", "soap-dispenser-droplet", "bath"),
    (9, "拖鞋", "Slippers", "footprints", "basics"),
    (10, "手纸", "Toilet paper", "scroll", "bath"),
    (11, "毛巾", "Towels", "layers", "bath"),
    (12, "沐浴露、洗发露", "Shower gel and shampoo", "droplets", "bath"),
    (13, "冰箱", "Fridge", "refrigerator", "kitchen"),
    (14, "洗衣机", "Washing machine", "washing-machine", "basics"),
    (15, "电梯", "Lift", "arrow-up-down", "outside"),
    (16, "允许做饭", "Cooking allowed", "cooking-pot", "allowed"),
    (17, "允许带宠物", "Pets allowed", "paw-print", "allowed"),
    (18, "允许聚会", "Parties allowed", "party-popper", "allowed"),
    (19, "门禁系统", "Entry system", "key-round", "outside"),
    (20, "停车位", "Parking", "circle-parking", "outside"),
    (21, "有线网络", "Wired network", "ethernet-port", "living"),
    (22, "电视", "TV", "tv", "living"),
    (23, "浴缸", "Bathtub", "bath", "bath"),
    (24, "吹风机", "Hair dryer", "wind", "bath"),
    (25, "地暖", "Underfloor heating", "thermometer-sun", "basics"),
    (26, "院子", "Courtyard or garden", "trees", "outside"),
    (27, "露台或阳台", "Terrace or balcony", "sun", "outside"),
    (28, "茶与咖啡", "Tea and coffee", "coffee", "kitchen"),
    (29, "厨具餐具", "Pots and dishes", "utensils", "kitchen"),
    (30, "婴儿床", "Cot", "baby", "family"),
    (31, "儿童餐椅", "High chair", "armchair", "family"),
    (32, "书桌", "Desk", "lamp-desk", "living"),
    (33, "投影仪", "Projector", "projector", "living"),
    (34, "壁炉", "Fireplace", "flame-kindling", "living"),
    (35, "烧烤架", "Barbecue", "flame", "outside"),
    (36, "烟雾报警器", "Smoke alarm", "alarm-smoke", "safety"),
    (37, "灭火器", "Fire extinguisher", "fire-extinguisher", "safety"),
    (38, "急救包", "First-aid kit", "briefcase-medical", "safety"),
]


def add_facilities(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 — as RunPython calls it
    """Write those that are not there."""
    Facility = apps.get_model("listings", "Facility")
    Facility.objects.bulk_create(
        [
            Facility(id=pk, name=name, name_en=name_en, icon=icon, group=group, position=pk)
            for pk, name, name_en, icon, group in FACILITIES
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial")]
    operations = [migrations.RunPython(add_facilities, migrations.RunPython.noop)]
