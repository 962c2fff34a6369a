"""Recordings without sound: what a therapist's browser sends, and an intake that makes files of it at once."""

import hashlib
from typing import Any

import httpx
from support.clinic import Clinic, Person

from server.care.recordings.intake import Intake, Receive
from server.media.schemas import Codec, StoredFile
from server.media.uploads import RefusedUploadError, Remark, SoundReport, Take, Upload

SOUND = b"RIFF, or so it says: " + bytes(range(256)) * 40
PART = "application/octet-stream"
CONSENT = "2026-11"
CODECS: tuple[Codec, ...] = ("aac", "opus", "opus-low")
REPORT = SoundReport(
    duration_ms=61_000,
    lufs=-20.5,
    true_peak_db=-3.0,
    clipped_runs=0,
    noise_floor_db=-62.0,
    snr_db=40.0,
    dc_offset=0.0,
    speech_ratio=0.6,
    lead_ms=200,
    tail_ms=400,
)


def wanted(**said: Any) -> dict[str, Any]:
    whole = {"exercise": "soft-landing", "language": "en", "length": "short", "bytes": len(SOUND), "consent": CONSENT}
    return {**whole, **said}


async def begin(therapist: Person, **said: Any) -> dict[str, Any]:
    made: dict[str, Any] = await therapist.post("/v1/recordings", wanted(**said))
    return made


async def send(therapist: Person, recording: str, offset: int, part: bytes, **headers: str) -> httpx.Response:
    return await therapist.ask(
        "PATCH",
        f"/v1/recordings/{recording}/sound",
        content=part,
        headers={"Content-Type": PART, "Upload-Offset": str(offset), **headers},
    )


async def record(clinic: Clinic, therapist: Person, *, publish: bool = False, **said: Any) -> dict[str, Any]:
    """Begin, send and take in a recording; return what its therapist reads of it then."""
    made = await begin(therapist, **said)
    answer = await send(therapist, made["id"], 0, SOUND)
    assert answer.status_code == 200, answer.text
    await intake(clinic).see_to_all()
    path = f"/v1/recordings/{made['id']}"
    if publish:
        answer = await therapist.ask("PATCH", path, json={"published": True})
        assert answer.status_code == 200, answer.text
    read: dict[str, Any] = await therapist.get(path)
    return read


async def quick(upload: Upload) -> Take:
    """Make a file of each codec that says which it is; sound that is none is refused as the decoder would."""
    sound = upload.source.read_bytes()
    if not sound.startswith(b"RIFF"):
        raise RefusedUploadError(Remark(code="unknown_format", detail="This is no sound."))
    return Take(
        duration_ms=60_000,
        files=tuple(_made(upload, codec, f"{codec} ".encode() + sound) for codec in CODECS),
        captions="WEBVTT\n\n" + "\n".join(upload.lines),
        aligned=True,
        report=REPORT,
        warnings=(),
    )


def _made(upload: Upload, codec: Codec, content: bytes) -> StoredFile:
    (upload.into / codec).write_bytes(content)
    return StoredFile(
        codec=codec,
        media_type="audio/mp4" if codec == "aac" else "audio/ogg; codecs=opus",
        bytes=len(content),
        duration_ms=60_000,
        sha256=hashlib.sha256(content).hexdigest(),
        lufs=-18.0,
        true_peak_db=-2.0,
    )


def intake(clinic: Clinic, receive: Receive = quick) -> Intake:
    """Return what a server has beside the requests, to be run by hand."""
    state = clinic.app.app.state
    return Intake(state.sessions, state.recordings, state.snapshot, receive)
