"""Whatever is sent as a photo: an answer of the contract, and nothing in the store but pixels."""

import json
import os
import subprocess
import sys
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from rest_framework.test import APIClient

from ihome_project.storage import list_objects
from ihome_project.tests.test_images import file_of, two_halves
from listings.factories import HouseFactory
from listings.models import HouseImage
from listings.tests.hostile import NAMES, largest, refused, taken

pytestmark = pytest.mark.django_db
WORDS = (b"EXIF", b"Exif", b"XMP", b"xmpmeta", b"ICCP", b"ANIM", b"script", b"php", b"Maker")
MOST = 300 * 1024  # KB that opening a photo may add to a process
OPEN_ALL = """
import json, resource, sys; from pathlib import Path
import django; django.setup()
from ihome_project.errors import DomainError; from listings.photos import encode_sizes
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, costs, opened = peak(), {}, []
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        encode_sizes(str(path)); opened.append(path.name)
    except DomainError:
        pass
    costs[path.name] = peak() - before
print(json.dumps([opened, costs]))
"""


def form(content: bytes, name: str, house_id: int) -> bytes:
    """Return a form as it comes over the wire: a test's client would clean the file's name."""
    return (
        b'--border\r\nContent-Disposition: form-data; name="house_id"\r\n\r\n%d\r\n'
        b'--border\r\nContent-Disposition: form-data; name="house_image"; filename="%s"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%s\r\n--border--\r\n"
    ) % (house_id, name.encode(), content)


@pytest.fixture
def send(host, store):
    """Send a file as a photo of a home that has none yet, and return status and errcode."""
    api = APIClient(raise_request_exception=False)
    api.force_authenticate(host)

    def send(content: bytes, name: str = "photo.jpg") -> tuple[int, str]:
        body = form(content, name, HouseFactory(host=host).pk)
        answer = api.generic("POST", "/api/v1.0/houses/images", body, "multipart/form-data; boundary=border")
        return answer.status_code, answer.json()["errcode"]

    return send


def is_pixels_only(content: bytes) -> bool:
    """Tell whether a file is a WebP of one frame, and has neither other chunks nor anything behind it."""
    is_whole = len(content) == int.from_bytes(content[4:8], "little") + 8
    length = int.from_bytes(content[16:20], "little")
    is_single = content[:4] + content[8:16] == b"RIFFWEBPVP8 " and len(content) == 20 + length + length % 2
    return is_whole and is_single and not any(word in content for word in WORDS)


def test_there_are_files_enough_to_learn_from():
    assert len(refused() | taken()) + len(NAMES) >= 60


def test_no_hostile_file_becomes_a_photo(send):
    answers = {name: send(content) for name, content in refused().items()}
    assert {name: answer for name, answer in answers.items() if answer not in {(400, "4103"), (413, "4103")}} == {}
    assert (HouseImage.objects.count(), list_objects("houses")) == (0, [])


def test_a_photo_that_carries_more_is_taken_without_it(send):
    answers = {name: send(content) for name, content in taken().items()}
    assert {name: answer for name, answer in answers.items() if answer != (201, "0")} == {}
    stored = list_objects("houses")
    assert len(stored) == 3 * len(answers)
    for name in stored:
        with default_storage.open(name) as file:
            content = file.read()
        assert is_pixels_only(content)
        assert Image.open(BytesIO(content)).size in {(64, 32), (32, 64), (1, 1)}


def test_a_photo_is_served_as_webp_and_as_nothing_else(send, client):
    assert send(taken()["webp with everything"]) == (201, "0")
    for name in list_objects("houses"):
        answer = client.get(default_storage.url(name))
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert is_pixels_only(b"".join(answer))


def test_no_file_name_leads_anywhere(send):
    answers = {name: send(file_of(two_halves()), name) for name in NAMES}
    assert {name: answer for name, answer in answers.items() if answer[0] not in {201, 400}} == {}
    assert sorted(list_objects("houses")) == sorted(
        f"{key}-{size}.webp" for key in HouseImage.objects.values_list("key", flat=True) for size in (400, 800, 1600)
    )


def test_no_file_makes_a_process_grow_beyond_bounds(tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    for name, content in (refused() | taken() | largest()).items():
        (files / name.replace("/", "")).write_bytes(content)
    # A process begins with the peak of the one that starts it: with a shell between, that is a small one.
    command = ["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable, "-c", OPEN_ALL, str(files)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ihome_project.settings"}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 — ours
    opened, costs = json.loads(ran.stdout)
    assert set(opened) == set(taken()) | set(largest())
    assert {name: cost // 1024 for name, cost in costs.items() if cost > MOST} == {}
