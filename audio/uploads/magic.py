"""What kind of file it is, by its first bytes: libav is told, and never guesses (its guesses open playlists)."""

from typing import BinaryIO

_HEAD = 16
_ID3 = 10
_SEVEN_BITS = 7
_MOST_TAGS = 4
_SYNC = 0b1110_0000
_NO_VERSION = 0b01
_LAYER_3 = 0b01
_FREE_RATE, _BAD_RATE = 0, 15
_NO_FREQUENCY = 3

_BY_START = {b"fLaC": "flac", b"OggS": "ogg", b"\x1a\x45\xdf\xa3": "matroska", b"caff": "caf"}
_BY_KIND = {
    (b"RIFF", b"WAVE"): "wav",
    (b"RF64", b"WAVE"): "wav",
    (b"FORM", b"AIFF"): "aiff",
    (b"FORM", b"AIFC"): "aiff",
}


def demuxer(file: BinaryIO) -> str | None:
    """Return the name of libav's demuxer for a file that is at its start, or nothing for what we do not read."""
    head = file.read(_HEAD)
    if head[4:8] == b"ftyp":
        return "mp4"
    return _BY_START.get(head[:4]) or _BY_KIND.get((head[:4], head[8:12])) or _mp3(file, head)


def promised_bytes(file: BinaryIO) -> int | None:
    """Return how long a WAV or AIFF file at its start says it is, in bytes; libav forgets when one was cut off.

    Who records into a pipe does not know yet, and writes 0 or as many ones as there are.
    """
    start, length = file.read(4), file.read(4)
    if start not in {b"RIFF", b"FORM"} or length in {bytes(4), b"\xff\xff\xff\xff"}:
        return None
    return 8 + int.from_bytes(length, "little" if start == b"RIFF" else "big")


def _mp3(file: BinaryIO, head: bytes) -> str | None:
    """Return "mp3" for a frame of MPEG layer III, also behind tags (ID3v2, 6.2: four times seven bits of length)."""
    at = 0
    for _ in range(_MOST_TAGS):
        if head[:3] != b"ID3" or len(head) < _ID3:
            return "mp3" if _is_frame(head[:4]) else None
        at += _ID3 + sum(byte << _SEVEN_BITS * place for place, byte in enumerate(reversed(head[6:10])))
        file.seek(at)
        head = file.read(_HEAD)
    return None


def _is_frame(header: bytes) -> bool:
    if len(header) < len(b"head") or header[:1] != b"\xff" or header[1] < _SYNC:
        return False
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    return (
        version != _NO_VERSION
        and layer == _LAYER_3
        and header[2] >> 4 not in {_FREE_RATE, _BAD_RATE}
        and header[2] >> 2 & 3 != _NO_FREQUENCY
    )
