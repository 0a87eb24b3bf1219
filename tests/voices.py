"""Recordings for tests: a tone, with a comment that must not be kept."""

import io
import struct
import wave


def voice(seconds: int = 1, rate: int = 16_000, comment: bytes = b"", tone: int = 1) -> bytes:
    """Return a WAV file of one channel with 16 bits a sample; the comment is a chunk of its own."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack("<h", tone * 100) * (rate * seconds))
    info = b"INFOICMT" + struct.pack("<I", len(comment)) + comment + b"\0" * (len(comment) % 2)
    whole = out.getvalue() + (b"LIST" + struct.pack("<I", len(info)) + info if comment else b"")
    return b"RIFF" + struct.pack("<I", len(whole) - 8) + whole[8:]
