"""Re-encode a picture, keeping only what can be seen: no EXIF, place, device, comment or thumbnail."""

import io
from typing import Any, Final

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from services.files.pictures import BadPicture, Picture

MOST_SCANS: Final = 64
"""Scans of a JPEG; a progressive one has about ten. Each takes as long to decode as the whole picture."""
_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_QUALITY: Final = 90
_SCAN: Final = b"\xff\xda"
_PLAIN_MODES: Final = ("L", "RGB", "RGBA")


def cleaned(data: bytes, said: Picture, most: int) -> bytes:
    """Return the picture as its pixels alone, upright, of the same media type, in at most `most` bytes.

    The same bytes give the same result, as long as the library is the same. Raises BadPicture.
    """
    if said.media == "image/jpeg" and data.count(_SCAN) > MOST_SCANS:
        raise BadPicture("damaged")
    try:
        drawn = _drawn(data, said)
    except BadPicture:
        raise
    except Exception as error:  # a decoder may raise anything for damaged bytes
        raise BadPicture("damaged") from error
    if len(drawn) > most:
        raise BadPicture("pixels")
    return drawn


def _drawn(data: bytes, said: Picture) -> bytes:
    kind = _FORMATS[said.media]
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        if opened.size != (said.width, said.height):  # the head that was checked is not the one that counts
            raise BadPicture("damaged")
        how = _how(opened)
        upright = ImageOps.exif_transpose(opened)
    bare = upright if upright.mode in _PLAIN_MODES else upright.convert(_mode(upright))
    bare.info.clear()  # colour profile, comment, text: `save` would write what it finds here
    out = io.BytesIO()
    bare.save(out, kind, exif=b"", **how)
    return out.getvalue()


def _mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _how(opened: Image.Image) -> dict[str, Any]:
    """Return the options to save with. A JPEG keeps its own tables, hence its size and what can be seen."""
    if not isinstance(opened, JpegImageFile):
        return {"quality": _QUALITY}
    if opened.mode not in _PLAIN_MODES:
        return {"quality": _QUALITY}
    return {"qtables": opened.quantization, "subsampling": get_sampling(opened)}
