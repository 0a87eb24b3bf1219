"""Re-encode a recording, keeping only what can be heard: no place, device, time or comment."""

import io
import wave
from typing import Final

VOICE: Final = "audio/wav"
MOST_SECONDS: Final = 60
_LEAST_RATE, _MOST_RATE = 8_000, 24_000
"""Samples a second: speech needs no more."""
_BYTES: Final = 2


class BadRecording(Exception):
    """`why` is `sound` (not such a recording) or `length`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def heard(data: bytes) -> bytes:
    """Return the sound alone, as a WAV file of one channel with 16 bits a sample. Raises BadRecording."""
    try:
        with wave.open(io.BytesIO(data)) as said:
            rate, form = said.getframerate(), (said.getnchannels(), said.getsampwidth())
            sound = said.readframes(rate * MOST_SECONDS + 1)
    except (wave.Error, EOFError, ValueError, ArithmeticError) as error:
        raise BadRecording("sound") from error
    if form != (1, _BYTES) or not _LEAST_RATE <= rate <= _MOST_RATE or not sound:
        raise BadRecording("sound")
    if len(sound) > rate * MOST_SECONDS * _BYTES:
        raise BadRecording("length")
    out = io.BytesIO()
    with wave.open(out, "wb") as bare:
        bare.setnchannels(1)
        bare.setsampwidth(_BYTES)
        bare.setframerate(rate)
        bare.writeframes(sound[: len(sound) // _BYTES * _BYTES])
    return out.getvalue()
