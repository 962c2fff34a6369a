"""`groundwork preview` as sound and as a picture: one cut, rendered as it is served, and kept out of the store."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from audio.timeline import clip_texts
from server.cli.console import complain, say, stop
from server.media.schemas import Cut, Draft, Manifest
from server.media.sound import SoundStudio, recorded
from server.media.studio import CannotRenderError
from server.media.voices import recorded_sentences
from server.media.worker import broken_promises

STUDIO = SoundStudio(narrator=recorded, sentences=recorded_sentences)
CODECS = {".m4a": "aac", ".ogg": "opus"}
PLAYERS = {
    "ffplay": ("-nodisp", "-autoexit", "-loglevel", "error"),
    "mpv": ("--no-video", "--really-quiet"),
    "afplay": (),
    "paplay": (),
    "vlc": ("--intf", "dummy", "--play-and-exit", "--quiet"),
}
"""What plays a file and ends with it, first the best, and how it is told so."""
_OF_APPLE = "afplay"
"""It knows no Ogg; the others know Opus, and not all of them AAC."""


def hear(draft: Draft, sound: Path | None, picture: Path | None, *, plays: bool) -> NoReturn:
    """Render a cut, write what was asked for, play it; ends with 1 when the cut cannot be heard or breaks a promise."""
    _refuse_unnarrated(draft)
    player = _player() if plays else None
    with TemporaryDirectory(prefix="groundwork-") as folder:
        room = Path(folder)
        manifest = _rendered(draft, room)
        if sound:
            _keep(_file(manifest, room, sound.suffix), sound)
        if picture:
            drawn = room / "picture"
            drawn.write_text(STUDIO.picture(manifest, _file(manifest, room, ".ogg")), encoding="utf-8")
            _keep(drawn, picture)
        broken = broken_promises(STUDIO, manifest, room)
        for fault in broken:
            complain.print(f"It would not be served. {fault}", markup=False)
        if player:
            _play(player, manifest, room)
    sys.exit(bool(broken))


def _refuse_unnarrated(draft: Draft) -> None:
    """End with the sentences that the voice has not said."""
    cut, said, texts = draft.cut, recorded_sentences(draft.cut.voice), clip_texts(draft.programme)
    lacking = [text for text in texts if text not in said]
    if lacking:
        stop(
            f"{_named(cut)}: {cut.voice} has not said {len(lacking)} of {len(texts)} sentences.",
            *(f"  {text}" for text in lacking),
            f"With the studio, `groundwork narrate {cut.slug} --voice {cut.voice}` says them (docs/audio.md).",
        )


def _rendered(draft: Draft, room: Path) -> Manifest:
    """Render into a folder, and say what came of it."""
    try:
        with complain.status("Rendering"):
            manifest = STUDIO.render(draft.programme, STUDIO.recipe(draft.programme), room)
    except CannotRenderError as error:
        stop(str(error))
    minutes, seconds = divmod(manifest.duration_ms // 1000, 60)
    heard = next(file for file in manifest.files if file.codec == "opus")
    levels = f"{heard.lufs:.1f} LUFS, true peak {heard.true_peak_db:.1f} dB"
    say.print(f"{_named(draft.cut)} by {draft.cut.voice}: {minutes}:{seconds:02}, {levels}.", markup=False)
    return manifest


def _named(cut: Cut) -> str:
    return " · ".join((cut.slug, cut.language, "+".join((cut.length, *cut.alt_variants))))


def _file(manifest: Manifest, room: Path, suffix: str) -> Path:
    return room / next(file.sha256 for file in manifest.files if file.codec == CODECS[suffix])


def _keep(made: Path, path: Path) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    try:
        shutil.copyfile(made, new)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        stop(f"{path} cannot be written.")
    say.print(f"Written: {path}", markup=False)


def _player() -> str:
    found = next((path for name in PLAYERS if (path := shutil.which(name))), None)
    return found or stop(f"None of {', '.join(PLAYERS)} is installed; `--sound FILE.ogg` writes what one would play.")


def _play(player: str, manifest: Manifest, room: Path) -> None:
    name = Path(player).stem
    suffix = ".m4a" if name == _OF_APPLE else ".ogg"
    # Players know a file's kind by its name.
    played = _file(manifest, room, suffix).rename(room / f"preview{suffix}")
    ended = subprocess.run([player, *PLAYERS[name], str(played)], check=False)  # noqa: S603 - one of our list
    if ended.returncode:
        stop(f"{name} could not play it; write the sound with --sound FILE{suffix} instead.")
