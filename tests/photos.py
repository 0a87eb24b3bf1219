"""Pictures for tests: real ones, with what a phone's camera adds to them."""

import io

from PIL import Image, PngImagePlugin

SECRETS = (b"Test Phone 1", b"2022:03:28", b"remark 1", b"profile 1")
"""What no stored picture may contain."""
SIZE = (60, 40)


def drawn(size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


def camera(turned: int = 1) -> Image.Exif:
    """Return EXIF with device, time, place and orientation."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x0110] = "Test Phone 1"
    exif[0x0132] = "2022:03:28 08:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 43.0, 0.0), 3: "E", 4: (128.0, 54.0, 0.0)})
    return exif


def photo(kind: str = "JPEG", turned: int = 1, size: tuple[int, int] = SIZE) -> bytes:
    """Return a picture file with EXIF, a remark and a profile."""
    out, more = io.BytesIO(), {}
    if kind == "PNG":
        more["pnginfo"] = text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "remark 1")
    elif kind == "JPEG":
        more["comment"] = b"remark 1"
    drawn(size).save(out, kind, exif=camera(turned), icc_profile=b"profile 1", **more)
    return out.getvalue()
