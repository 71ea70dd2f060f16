"""Files made to harm: by what they unfold to, by what they are besides a photo, by what they say, by their names."""

import struct
import zlib
from functools import lru_cache

from PIL import Image, ImageCms, PngImagePlugin

from ihome_project.tests.test_images import (
    BLACK_PIXEL_GIF,
    chunk,
    exif_of,
    file_of,
    jpeg,
    png,
    two_halves,
    webp,
)

SCRIPT = b"<script>alert(1)</script>"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><script>alert(1)</script></x:xmpmeta>"
HALF = two_halves()
FRAMES = {"save_all": True, "append_images": [Image.new("RGB", (64, 32), "green")]}
NAMES = (
    "../../../etc/passwd.jpg", "..\\..\\boot.jpg", "/etc/cron.d/photo", "photo\0.php.jpg", "photo.php", "photo.html",
    "photo.svg", "a" * 300 + ".jpg", "..", ".htaccess", "照片\u202egpj.exe", "<script>.jpg", "'; rm -rf ~;.jpg",
    "con.jpg", '"; filename="x.php',
)  # fmt: skip


@lru_cache
def refused() -> dict[str, bytes]:
    """Return files of which no photo comes."""
    return other_kinds() | two_kinds() | bombs() | moving() | broken()


def other_kinds() -> dict[str, bytes]:
    """Return what programs draw, run or unpack."""
    drawn = {form.lower(): file_of(HALF, form) for form in ("TIFF", "BMP", "PDF", "ICO", "PPM", "SGI", "TGA", "EPS")}
    return drawn | {
        "nothing": b"",
        "a nul": b"\0",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "svg after a prologue": b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        "html named .jpg": b"<!DOCTYPE html>" + SCRIPT,
        "postscript that runs": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n",
        "mvg": b"push graphic-context\nimage over 0,0 0,0 'https://127.0.0.1/x'\npop graphic-context\n",
        "php": b"<?php system($_GET['c']); ?>",
        "elf": b"\x7fELF\2\1\1" + bytes(60),
        "zip": b"PK\3\4" + bytes(60),
        "psd": b"8BPS\0\1" + bytes(30),
        "heic": b"\0\0\0\x18ftypheic" + bytes(60),
        "avif": b"\0\0\0\x18ftypavif" + bytes(60),
        "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60),
        "fli": bytes(4) + b"\x11\xaf" + bytes(200),
    }


def two_kinds() -> dict[str, bytes]:
    """Return what is a picture to one program and a script to another."""
    return {
        "gif": BLACK_PIXEL_GIF,
        "gif and script": BLACK_PIXEL_GIF.replace(b"GIF89a\1\0", b"GIF89a/*") + b"*/=1;alert(1)",
        "bmp and script": b"BM/*" + bytes(50) + b"*/=1;alert(1)",
        "jpeg's first bytes and html": b"\xff\xd8\xff\xe0" + SCRIPT,
        "png's first bytes and php": b"\x89PNG\r\n\x1a\n<?php system('id'); ?>",
        "riff that is a sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(28),
    }


def bombs() -> dict[str, bytes]:
    """Return what is small and unfolds, or is large."""
    unfolding = zlib.compress(bytes(50_000_000), 9)
    scans = file_of(two_halves(mode="L"), progressive=True)
    last_scan = scans[scans.rindex(b"\xff\xda") : -2]
    pixel = b"\0" + bytes(6)
    few = file_of(HALF, progressive=True)
    return {
        "png bomb": png(30_000, 30_000, bytes(1_000_000)),
        "png of 41 megapixels": png(8200, 5000, bytes(1_000_000)),
        "jpeg of 41 megapixels": jpeg(8200, 5000),
        "webp of 268 megapixels": webp(16_383, 16_383),
        "webp of 13 megapixels": webp(4000, 3250),
        "progressive jpeg of 31 megapixels": few.replace(struct.pack(">HH", 32, 64), struct.pack(">HH", 5000, 6200)),
        "thread": png(40_000, 1, bytes(120_001)),
        "zTXt bomb": png(2, 2, pixel * 2, chunk(b"zTXt", b"a\0\0" + unfolding)),
        "iTXt bomb": png(2, 2, pixel * 2, chunk(b"iTXt", b"a\0\1\0\0\0" + unfolding)),
        "iCCP bomb": png(2, 2, pixel * 2, chunk(b"iCCP", b"a\0\0" + unfolding)),
        "endless scans": scans[:-2] + last_scan * 999 + b"\xff\xd9",
        "11 MB": file_of(HALF) + bytes(11 * 1024 * 1024),
    }


def moving() -> dict[str, bytes]:
    """Return pictures that move."""
    return {f"moving {form.lower()}": file_of(HALF, form, **FRAMES) for form in ("GIF", "PNG", "WEBP")}


def broken() -> dict[str, bytes]:
    """Return photos that end too early, or lie about themselves."""
    files = {form: file_of(two_halves(640, 480), form) for form in ("JPEG", "PNG", "WEBP")}
    cut = {
        f"{form.lower()} cut at {part}%": content[: len(content) * part // 100]
        for form, content in files.items()
        for part in (1, 5, 20, 40, 60, 80, 95)
    }
    return cut | {
        "png without width": png(0, 1, b"\0"),
        "png without rows": png(64, 64, b"\0" * 9),
        "png with a wrong sum": file_of(HALF, "PNG").replace(b"IHDR\0", b"IHDR\1"),
        "webp with a wrong size": webp(64, 33),
        "jpeg without width": jpeg(0, 32),
    }


@lru_cache
def taken() -> dict[str, bytes]:
    """Return photos that carry more than their pixels."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif, plain = exif_of(6), file_of(HALF)
    return {
        "jpeg with a place": file_of(HALF, exif=exif),
        "jpeg with xmp": file_of(HALF, xmp=XMP),
        "jpeg with a profile": file_of(HALF, icc_profile=profile),
        "jpeg with a comment": file_of(HALF, comment=SCRIPT),
        "jpeg with broken exif": file_of(HALF, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
        "jpeg and script": plain + SCRIPT,
        "jpeg and zip": plain + b"PK\3\4" + bytes(99),
        "jpeg and archive of php": plain[:-2] + b"<?php __HALT_COMPILER(); ?>" + plain[-2:],
        "jpeg of several": file_of(HALF, "MPO", **FRAMES),
        "jpeg for print": file_of(two_halves(mode="CMYK")),
        "png with words": file_of(HALF, "PNG", pnginfo=words),
        "png with a place": file_of(HALF, "PNG", exif=exif),
        "png and script": file_of(HALF, "PNG") + SCRIPT,
        "png with a chunk of ours": png(1, 1, bytes(4), chunk(b"scRt", SCRIPT)),
        "webp with everything": file_of(HALF, "WEBP", exif=exif, xmp=XMP, icc_profile=profile),
        "webp and script": file_of(HALF, "WEBP") + SCRIPT,
        "webp that shines through": file_of(two_halves(mode="RGBA"), "WEBP", exif=exif),
    }


def largest() -> dict[str, bytes]:
    """Return the photos that cost most to open."""

    def flat(form: str, mode: str, size: tuple[int, int], **how: object) -> bytes:
        return file_of(Image.new(mode, size), form, **how)

    return {
        "jpeg": flat("JPEG", "RGB", (7300, 5470)),
        "jpeg at full size": flat("JPEG", "RGB", (5000, 4000)),
        "progressive jpeg": flat("JPEG", "CMYK", (6300, 4760), progressive=True, subsampling=0),
        "png": flat("PNG", "RGBA", (7300, 5470), compress_level=1),
        "png at full size": flat("PNG", "RGBA", (5000, 4000), compress_level=1),
        "webp": flat("WEBP", "RGBA", (4000, 3000), method=0),
    }
