"""What a user shows of themselves."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from accounts.services import set_avatar
from ihome_project.images import BadPicture, MovingPicture, PictureTooLarge
from ihome_project.storage import StorageFailed

pytestmark = pytest.mark.django_db


def photo(**how: object) -> BytesIO:
    """Return a phone's photo, red on its left as it lies, which stands upright when it is turned by a quarter."""
    picture, out = Image.new("RGB", (900, 600), "blue"), BytesIO()
    picture.paste("red", (0, 0, 450, 600))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker of phones"
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(out, "JPEG", exif=exif, xmp=b"<x:xmpmeta/>", comment=b"at home", **how)
    out.write(b"<script>alert(1)</script>")
    return out


def stored(user: User) -> bytes:
    """Return what the store has as a user's avatar."""
    with default_storage.open(User.objects.get(pk=user.pk).avatar) as file:
        return file.read()


@pytest.fixture
def avatar(guest, django_capture_on_commit_callbacks) -> str:
    """王小明's avatar: its name in the store."""
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(user=guest, picture=photo())
    return guest.avatar


def test_an_avatar_is_an_upright_square_of_webp(guest, avatar):
    kept = Image.open(BytesIO(stored(guest)))
    assert (kept.format, kept.size, kept.mode) == ("WEBP", (256, 256), "RGB")
    above, below = kept.getpixel((128, 8)), kept.getpixel((128, 248))
    assert (above[0] > 200, above[2] > 50) == (True, False)
    assert (below[0] > 50, below[2] > 200) == (False, True)


def test_an_avatar_tells_nothing_but_its_pixels(guest, avatar):
    content = stored(guest)
    assert len(content) == int.from_bytes(content[4:8], "little") + 8
    assert content[12:16] == b"VP8 "
    assert not [word for word in (b"EXIF", b"Exif", b"XMP", b"xmpmeta", b"home", b"script") if word in content]


def test_nobody_guesses_the_name_of_an_avatar(guest, avatar):
    assert re.fullmatch(r"avatars/[0-9a-f]{32}\.webp", avatar)
    set_avatar(user=guest, picture=photo())
    assert guest.avatar != avatar


def test_an_avatar_is_served_as_an_image(guest, client):
    answer = client.get(set_avatar(user=guest, picture=photo()))
    assert answer.status_code == 200
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert b"".join(answer) == stored(guest)


def test_the_avatar_before_goes_once_the_change_is_through(guest, avatar, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(user=guest, picture=photo())
        assert default_storage.exists(avatar)
    assert not default_storage.exists(avatar)
    assert default_storage.exists(guest.avatar)


def test_a_store_that_cannot_delete_does_not_undo_the_change(guest, avatar, django_capture_on_commit_callbacks):
    stuck = Path(default_storage.path(avatar))
    stuck.unlink()
    (stuck / "held").mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(user=guest, picture=photo())
    assert User.objects.get(pk=guest.pk).avatar == guest.avatar != avatar


def test_a_store_that_fails_leaves_the_avatar_as_it_was(guest, avatar, settings, tmp_path):
    kept = Path(default_storage.path(avatar))
    settings.MEDIA_ROOT = tmp_path / "full"
    settings.MEDIA_ROOT.touch()
    with pytest.raises(StorageFailed):
        set_avatar(user=guest, picture=photo())
    assert User.objects.get(pk=guest.pk).avatar == guest.avatar == avatar
    assert kept.exists()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", BadPicture),
        (b"<svg onload='alert(1)'/>", BadPicture),
        (photo().getvalue()[:2000], BadPicture),
        (photo().getvalue() + bytes(11 * 1024 * 1024), PictureTooLarge),
        (b"GIF89a/*", BadPicture),
    ],
    ids=["nothing", "svg", "truncated", "11 MB", "gif"],
)
def test_an_unusable_file_is_refused_and_changes_nothing(guest, avatar, content, refusal):
    with pytest.raises(refusal):
        set_avatar(user=guest, picture=SimpleUploadedFile("me.jpg", content, "image/jpeg"))
    assert User.objects.get(pk=guest.pk).avatar == guest.avatar == avatar
    assert default_storage.listdir("avatars")[1] == [avatar.removeprefix("avatars/")]


def test_an_avatar_does_not_move(guest):
    moving = BytesIO()
    Image.new("RGB", (9, 9), "red").save(moving, "WEBP", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    with pytest.raises(MovingPicture):
        set_avatar(user=guest, picture=moving)
    assert not User.objects.get(pk=guest.pk).avatar
