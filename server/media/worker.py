"""What happens in a worker process: one job, from its programme to objects in the store."""

import asyncio
import os
import signal
import threading
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import structs

from audio.timeline import Programme
from server.media.place import Place
from server.media.schemas import Job, Manifest, Rendition
from server.media.store import AudioStore, file_name
from server.media.studio import CannotRenderError, Studio
from server.media.workshop import claim, workshop_of

_NICE = 10


def begin(lifeline: Connection) -> None:
    """Prepare a worker process: it gives way to requests, leaves Ctrl-C to its parent, and ends when the parent does.

    The parent holds the other end of the lifeline. The kernel closes it however the parent ends, even by `kill -9`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # pydub warns of old syntax and of a missing ffmpeg; it is given raw samples only, and never needs one.
    warnings.filterwarnings("ignore", module=".*pydub")
    os.nice(_NICE)
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()


def _end_with_parent(lifeline: Connection) -> None:
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def name_programmes(studio: Studio, programmes: tuple[Programme, ...]) -> tuple[str | CannotRenderError, ...]:
    """Return each programme's recipe, or why it has none."""
    return tuple(_name(studio, programme) for programme in programmes)


def _name(studio: Studio, programme: Programme) -> str | CannotRenderError:
    try:
        return studio.recipe(programme)
    except CannotRenderError as error:
        return error


def render_job(place: Place, studio: Studio, job: Job) -> Rendition | None:
    """Render a job into the store of a place, unless its manifest and files are there; None: another process is at it.

    Raises:
        CannotRenderError: the programme cannot become sound, or what became of it breaks a promise.
        OSError: the disk is full or cannot be written, or the store does not answer.
    """
    store = place.store()
    with claim(workshop_of(place.folder), job.recipe) as room:
        if room is None:
            return None
        return _intact(store, job.recipe) or _render(store, studio, job, room)


def listen(place: Place, studio: Studio, recipe: str) -> tuple[str, ...]:
    """Return a sentence for each promise that the rendition of a recipe breaks."""
    store = place.store()
    manifest = asyncio.run(store.manifest(recipe))
    if manifest is None:
        return ("Its manifest cannot be read.",)
    with TemporaryDirectory() as folder:
        kept = store.fetch(manifest, Path(folder))
        return studio.faults(manifest, lambda sha256: kept / file_name(sha256))


def broken_promises(studio: Studio, manifest: Manifest, room: Path) -> tuple[str, ...]:
    """Return a sentence for each promise that what was rendered into a folder breaks, as heard in one stereo file.

    The mix is the same in all of them, and level and length of each were measured when it was encoded.
    """
    one = structs.replace(manifest, files=tuple(file for file in manifest.files if file.codec == "opus"))
    return studio.faults(one, lambda sha256: room / sha256)


def _render(store: AudioStore, studio: Studio, job: Job, room: Path) -> Rendition:
    manifest = studio.render(job.programme, job.recipe, room)
    if broken := broken_promises(studio, manifest, room):
        raise CannotRenderError(" ".join(broken))
    for file in manifest.files:
        store.put_file(room / file.sha256, file)
    store.put_manifest(manifest)
    return manifest.rendition()


def _intact(store: AudioStore, recipe: str) -> Rendition | None:
    rendition = store.rendition(recipe)
    whole = rendition is not None and all(store.has(file) for file in rendition.files)
    return rendition if whole else None
