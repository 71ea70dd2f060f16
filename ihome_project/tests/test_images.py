"""Whatever people upload, a plain picture comes out of it or a refusal."""

import struct
import zlib
from io import BytesIO
from threading import Event, Thread

import pytest
from PIL import Image

from ihome_project.images import BadPicture, MovingPicture, PictureTooLarge, encode_webp, open_picture, square

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
BLACK_PIXEL_GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"


def two_halves(width: int = 64, height: int = 32, mode: str = "RGB") -> Image.Image:
    """Return a picture, red on the left and blue on the right."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height))
    return picture.convert(mode)


def file_of(picture: Image.Image, form: str = "JPEG", **how: object) -> bytes:
    out = BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def exif_of(orientation: int) -> Image.Exif:
    """Return EXIF data that turns a picture and tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker of phones"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, rows: bytes, *chunks: bytes, depth: int = 8, kind: int = 2) -> bytes:
    """Return a PNG put together by hand: `rows` may be anything."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def webp(width: int, height: int) -> bytes:
    """Return a WebP that promises so many pixels and holds a few."""
    few = file_of(two_halves(), "WEBP", lossless=True)
    return few[:21] + struct.pack("<I", width - 1 | height - 1 << 14) + few[25:]


def jpeg(width: int, height: int) -> bytes:
    """Return a JPEG that promises so many pixels and holds a few."""
    few = file_of(two_halves())
    return few.replace(struct.pack(">HH", 32, 64), struct.pack(">HH", height, width))


def opened(content: bytes) -> Image.Image:
    """Return a copy of the picture that a file holds."""
    with open_picture(BytesIO(content)) as picture:
        return picture.copy()


def is_near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(is_ - should) < 12 for is_, should in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        file_of(two_halves()),
        file_of(two_halves(), progressive=True),
        file_of(two_halves(mode="CMYK")),
        file_of(two_halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 32), "green")]),
        file_of(two_halves(), "PNG"),
        file_of(two_halves(mode="P"), "PNG"),
        file_of(two_halves(mode="RGBA"), "PNG"),
        file_of(two_halves(), "WEBP", lossless=True),
        file_of(two_halves(mode="RGBA"), "WEBP"),
        file_of(two_halves()) + b"<script>alert(1)</script>",
    ],
    ids=["jpeg", "progressive", "cmyk", "mpo", "png", "palette", "rgba", "webp", "webp-alpha", "polyglot"],
)
def test_a_photo_of_any_kind_comes_out_in_rgb(content):
    picture = opened(content)
    assert (picture.mode, picture.size, picture.info) == ("RGB", (64, 32), {})
    assert is_near(picture.getpixel((8, 8)), RED)
    assert is_near(picture.getpixel((56, 8)), BLUE)


@pytest.mark.parametrize(
    ("mode", "how"), [("RGBA", {}), ("LA", {}), ("P", {"transparency": b"\0" * 256}), ("L", {"transparency": 0})]
)
def test_what_shines_through_is_white(mode, how):
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode)
    assert opened(file_of(clear, "PNG", **how)).getpixel((1, 1)) == WHITE


def test_sixteen_bits_of_grey_become_eight():
    grey = png(3, 1, b"\0" + struct.pack(">3H", 0, 0x8000, 0xFFFF), depth=16, kind=0)
    picture = opened(grey)
    assert [picture.getpixel((x, 0))[0] for x in range(3)] == [0, 128, 255]


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (64, 32), (2, 2)),
        (2, (64, 32), (61, 2)),
        (3, (64, 32), (61, 29)),
        (4, (64, 32), (2, 29)),
        (5, (32, 64), (2, 2)),
        (6, (32, 64), (29, 2)),
        (7, (32, 64), (29, 61)),
        (8, (32, 64), (2, 61)),
        (0, (64, 32), (2, 2)),
        (9, (64, 32), (2, 2)),
    ],
)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(form, orientation, size, red):
    picture = opened(file_of(two_halves(), form, exif=exif_of(orientation)))
    assert picture.size == size
    assert is_near(picture.getpixel(red), RED)
    assert is_near(picture.getpixel((size[0] - 1 - red[0], size[1] - 1 - red[1])), BLUE)


@pytest.mark.parametrize(
    "exif",
    [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + b"\xff" * 99],
)
def test_broken_exif_does_not_spoil_a_photo(exif):
    assert opened(file_of(two_halves(), exif=exif)).size == (64, 32)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"\xff\xd8\xff",
        BLACK_PIXEL_GIF,
        BLACK_PIXEL_GIF.replace(b"GIF89a\1\0", b"GIF89a/*") + b"*/=1;alert(1)",
        file_of(two_halves(), "TIFF"),
        file_of(two_halves(), "BMP"),
        file_of(two_halves(), "PDF"),
        file_of(two_halves())[:-200],
        file_of(two_halves(), "PNG")[:-30],
        file_of(two_halves(), "WEBP")[:-30],
        png(0, 1, b"\0"),
        png(64, 64, b"\0" * 9),
        webp(64, 33),
        webp(64, 32)[:30],
    ],
)
def test_what_is_no_whole_photo_is_refused(content):
    with pytest.raises(BadPicture):
        opened(content)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(form):
    frames = {"save_all": True, "append_images": [Image.new("RGB", (64, 32), "green")]}
    with pytest.raises(MovingPicture):
        opened(file_of(two_halves(), form, **frames))


def test_a_file_of_more_than_ten_megabytes_is_refused():
    with pytest.raises(PictureTooLarge):
        opened(file_of(two_halves()) + bytes(11 * 1024 * 1024))


@pytest.mark.parametrize("size", [(8000, 5001), (9000, 10_000), (16_383, 16_383)])
@pytest.mark.parametrize("file", [jpeg, lambda *size: png(*size, bytes(30)), webp], ids=["jpeg", "png", "webp"])
def test_more_than_forty_megapixels_are_refused_before_they_are_decoded(file, size, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", pytest.fail)
    with pytest.raises(PictureTooLarge):
        opened(file(*size))


def test_a_webp_is_refused_where_decoding_it_would_take_twenty_bytes_a_pixel_too_many(monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", pytest.fail)
    with pytest.raises(PictureTooLarge) as refusal:
        opened(webp(4001, 3000))
    assert refusal.value.facts["megapixels"] == 12


def test_a_progressive_jpeg_is_refused_where_its_coefficients_would_take_too_much(monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", pytest.fail)
    few = file_of(two_halves(), progressive=True)
    with pytest.raises(PictureTooLarge) as refusal:
        opened(few.replace(struct.pack(">HH", 32, 64), struct.pack(">HH", 5000, 6001)))
    assert refusal.value.facts["megapixels"] == 30


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK"])
def test_a_very_large_picture_comes_out_half_as_wide_and_high(mode):
    content = file_of(two_halves(6001, 3335, mode), "JPEG" if mode in ("RGB", "CMYK") else "PNG")
    picture = opened(content)
    assert (picture.mode, picture.size) == ("RGB", (3001, 1668))
    assert is_near(picture.getpixel((8, 1667)), RED)
    assert is_near(picture.getpixel((3000, 64)), BLUE)


@pytest.mark.parametrize("size", [(32_001, 1), (1, 32_001)])
def test_a_thread_is_no_photo(size):
    with pytest.raises(BadPicture):
        opened(png(*size, bytes(200_000)))


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_words_that_unfold_to_megabytes_are_refused(kind):
    compressed = zlib.compress(bytes(50_000_000), 9)
    head = {b"zTXt": b"a\0\0", b"iTXt": b"a\0\1\0\0\0", b"iCCP": b"a\0\0"}[kind]
    with pytest.raises(BadPicture):
        opened(png(2, 2, (b"\0" + bytes(6)) * 2, chunk(kind, head + compressed)))


def test_a_jpeg_of_endless_scans_is_refused():
    jpeg = file_of(two_halves(mode="L"), progressive=True)
    last_scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    assert opened(jpeg[:-2] + last_scan * 9 + b"\xff\xd9").size == (64, 32)
    with pytest.raises(BadPicture):
        opened(jpeg[:-2] + last_scan * 99 + b"\xff\xd9")


def test_what_follows_a_jpegs_end_is_no_scan():
    assert opened(file_of(two_halves()) + b"\xff\xda" * 999).size == (64, 32)


def test_a_file_named_otherwise_is_judged_by_its_content():
    named = BytesIO(file_of(two_halves(), "PNG"))
    named.name = "photo.svg"
    with open_picture(named) as picture:
        assert picture.size == (64, 32)


def test_one_picture_is_open_at_a_time():
    waits, second = Event(), Thread(target=lambda: (opened(file_of(two_halves())), waits.set()))
    with open_picture(BytesIO(file_of(two_halves()))):
        second.start()
        assert not waits.wait(0.1)
    assert waits.wait(5)
    second.join()


def test_a_refusal_does_not_keep_others_waiting():
    for _ in range(2):
        with pytest.raises(BadPicture):
            opened(b"")


def test_a_picture_gives_its_memory_back():
    with open_picture(BytesIO(file_of(two_halves()))) as picture:
        pass
    with pytest.raises(ValueError, match="closed"):
        picture.getpixel((0, 0))


@pytest.mark.parametrize("size", [(64, 32), (32, 64), (1, 400), (400, 1), (1000, 1000)])
def test_a_square_shows_the_middle(size):
    picture = Image.new("RGB", size, BLUE)
    assert square(picture, 48).size == (48, 48)


def test_a_webp_holds_pixels_and_nothing_else():
    photo = file_of(two_halves(), exif=exif_of(6), icc_profile=b"profile" * 99, comment=b"secret") + b"<script>"
    content = encode_webp(opened(photo))
    assert content[:4] + content[8:16] == b"RIFFWEBPVP8 "
    assert len(content) == int.from_bytes(content[4:8], "little") + 8
    assert not [word for word in (b"EXIF", b"XMP ", b"ICCP", b"secret", b"script") if word in content]
