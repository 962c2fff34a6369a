"""One recording, under uvicorn as Groundwork runs it: `python -m bench.recording PORT FOLDER`.

No database, no rendering: what is measured is a file on the disk, with everything that the edge does for each answer.
"""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from bench.library import told_cpu
from litestar.di import Provide
from support.media import QuickStudio
from support.voices import NOISE

from server.media.api import routes
from server.media.place import Place
from server.media.schemas import Manifest, StoredFile
from server.media.service import Media
from server.web.kit import UVICORN_OPTIONS, web_app
from server.web.logs import configure_logging


def keep(folder: Path, content: bytes) -> str:
    """Put a recording into the store of a folder; return the path of its address."""
    (folder / "made").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    file = StoredFile(
        sha256=sha256,
        codec="aac",
        media_type="audio/mp4",
        bytes=len(content),
        duration_ms=300_000,
        lufs=-18.0,
        true_peak_db=-3.0,
    )
    manifest = Manifest(
        recipe=sha256,
        score=sha256,
        rendered_at=datetime.now(UTC),
        title="Bench",
        language="en",
        voice="bench",
        origin=NOISE,
        duration_ms=file.duration_ms,
        files=(file,),
        chapters=(),
        cues=(),
        captions="WEBVTT\n",
    )
    store = _media(folder).store
    store.put_file(folder / "made", file)
    store.put_manifest(manifest)
    return f"/v1/audio/{sha256}"


def _media(folder: Path) -> Media:
    return Media(Place(folder=folder / "audio"), {}, {}, QuickStudio(diary=folder / "diary"))


def main(port: int, folder: Path) -> None:
    configure_logging("info", "json")
    media = _media(folder)
    media.renditions.load()
    given = {"media": Provide(lambda: media, sync_to_thread=False, use_cache=True)}
    app = web_app([*routes, told_cpu], version="bench", checks={}, dependencies=given)
    uvicorn.run(app, port=port, **UVICORN_OPTIONS)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
