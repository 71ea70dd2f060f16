"""Pictures that people upload: judged by content, turned upright, encoded anew from nothing but their pixels."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import IO
from warnings import catch_warnings, simplefilter

from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

from ihome_project.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
BYTES_MOST = 10 * 1024 * 1024
SIDE_MOST = 32_000  # pixels: a panorama; whole rows are held more than once on the way
PIXELS_MOST = 40_000_000
# Two decoders hold more than the pixels, and a process shall do with 300 MB. That of WebP keeps two canvases, the bytes
# and the picture, some 20 bytes a pixel, and cannot make it smaller on the way. A JPEG of several scans (a progressive
# one) is held in coefficients, two bytes for each of up to four colours, until the last has come.
WEBP_PIXELS_MOST = 12_000_000
SCANNED_PIXELS_MOST = 30_000_000
HALVED_FROM = 20_000_000  # pixels: more of them come out half as wide and high, which is still more than is ever kept
STRIP = 64  # rows that are halved at a time
SCANS_MOST = 64  # a progressive JPEG has ten; each costs a walk over all pixels, and 65 bytes of a file made to harm
QUALITY = 80
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # by EXIF's orientation
# Where a JPEG goes on after bytes of pixels: not at a stuffed zero, a restart or one of the markers without a length.
JPEG_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
JPEG_END, JPEG_SCAN = b"\xd9", b"\xda"

_one_at_a_time = Lock()


class BadPicture(Invalid):
    """The file is not a picture that can be taken."""

    code = "bad_picture"
    message = _("This is not a photo that can be used. Choose a JPEG, PNG or WebP.")
    field = "picture"


class PictureTooLarge(BadPicture):
    """The file has too many bytes, or the picture too many pixels."""

    code = "picture_too_large"
    message = _("This photo is too large. Choose one of 10 MB and %(megapixels)s megapixels at most.")

    def __init__(self, *, pixels: int = PIXELS_MOST) -> None:
        super().__init__(megapixels=pixels // 1_000_000)


class MovingPicture(BadPicture):
    """The picture has more than one frame."""

    code = "moving_picture"
    message = _("This picture moves. Choose a photo.")


@contextmanager
def open_picture(source: IO[bytes]) -> Iterator[Image.Image]:
    """Hold the pixels of an uploaded photo, upright and in RGB; what the file's name says does not matter.

    Of more than 20 megapixels a quarter is held, half as wide and high. A process has one open at a time: the largest
    takes 80 MB, and on the way up to 300. Make it small inside the `with`. Raises BadPicture, PictureTooLarge or
    MovingPicture.
    """
    with _one_at_a_time:
        picture = _decode(source)
        try:
            yield picture
        finally:
            picture.close()  # gives its memory back before the next is opened


def flatten(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB; what shines through is white."""
    if picture.mode == "I;16":
        picture = picture.point(lambda grey: grey / 256).convert("L")  # convert alone would cut off at 255
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    solid = Image.new("RGB", picture.size, "white")
    solid.paste(layer, mask=layer)
    return solid


def is_large(picture: Image.Image) -> bool:
    """Tell whether a picture is halved before anything else is done to it."""
    return picture.width * picture.height > HALVED_FROM


def halve(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB half as wide and high, without ever holding a second one of the full size."""
    width, height = picture.size
    half = Image.new("RGB", ((width + 1) // 2, (height + 1) // 2))
    for top in range(0, height, STRIP):
        strip = picture.crop((0, top, width, min(top + STRIP, height)))
        half.paste(flatten(strip).reduce(2), (0, top // 2))
    return half


def square(picture: Image.Image, size: int) -> Image.Image:
    """Return the middle of a picture, so many pixels wide and high."""
    return ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)


def encode_webp(picture: Image.Image) -> bytes:
    """Return the pixels as WebP, with no word about where they come from."""
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=2)
    return out.getvalue()


def _decode(source: IO[bytes]) -> Image.Image:
    source.seek(0)
    content = source.read(BYTES_MOST + 1)
    if len(content) > BYTES_MOST:
        raise PictureTooLarge
    try:
        with catch_warnings():  # seen by all threads, but only one at a time is in here
            simplefilter("ignore")  # a photo may be slightly broken; one that is too large is refused below
            flat, turn = _decode_as_it_lies(content)
        flat.info = {}
        return flat if turn is None else flat.transpose(turn)
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    except Exception as error:  # a file that is made to harm can make a decoder raise anything
        raise BadPicture from error


def _decode_as_it_lies(content: bytes) -> tuple[Image.Image, Image.Transpose | None]:
    """Return the pixels as they are stored and how to turn them; what they were decoded from is free afterwards."""
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        _check_size(picture, content)
        # A phone's JPEG may carry more pictures of the same scene (MPO): the first is the photo.
        if picture.format not in ("JPEG", "MPO") and getattr(picture, "n_frames", 1) > 1:
            raise MovingPicture
        if is_large(picture):
            picture.draft("RGB", (picture.width // 2, picture.height // 2))  # a JPEG is decoded at half its size
        picture.load()
        return halve(picture) if is_large(picture) else flatten(picture), _turn_of(picture)


def _check_size(picture: Image.Image, content: bytes) -> None:
    """Refuse what would cost too much to decode, before it is. Raises PictureTooLarge or BadPicture."""
    most = PIXELS_MOST
    if picture.format == "WEBP":
        most = WEBP_PIXELS_MOST
    elif picture.format in ("JPEG", "MPO") and (scans := _scans_of(content)) > 1:
        if scans > SCANS_MOST:
            raise BadPicture
        most = SCANNED_PIXELS_MOST
    if picture.width * picture.height > most:
        raise PictureTooLarge(pixels=most)
    if max(picture.size) > SIDE_MOST:
        raise BadPicture


def _scans_of(jpeg: bytes) -> int:
    """Count the scans of a JPEG: enough of them would keep a processor busy for an hour."""
    scans, here = 0, 2
    while (marker := JPEG_MARKER.search(jpeg, here)) and marker[1] != JPEG_END:
        scans += marker[1] == JPEG_SCAN
        here = marker.end() + int.from_bytes(jpeg[marker.end() : marker.end() + 2])
    return scans


def _turn_of(picture: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 — EXIF may be broken in every way; then the pixels are shown as they lie
        return None
