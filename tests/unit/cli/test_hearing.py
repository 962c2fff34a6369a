"""`groundwork preview` with sound: a file, a picture, a player, and sentences where there can be none."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import Result
from support.catalogue import ROOM, Folder
from support.copies import invoke

from audio.delivered import measured
from audio.encode import CODECS
from server.cli.hearing import PLAYERS

Players = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).with_landing()


@pytest.fixture
def players(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Players:
    """Put programs of those names on the path, and none else; each notes what it was given, and how that begins."""

    def put(*names: str, ends_with: int = 0) -> Path:
        programs, note = tmp_path / "programs", tmp_path / "note"
        programs.mkdir()
        for name in names:
            program = programs / name
            program.write_text(
                "#!/bin/sh\nfor last; do :; done\n"
                f'echo "$0" "$@" > {note}\n/usr/bin/od -A n -c -N 8 "$last" >> {note}\nexit {ends_with}\n'
            )
            program.chmod(0o755)
        monkeypatch.setenv("PATH", str(programs))
        return note

    return put


def preview(folder: Folder, *arguments: str) -> Result:
    return invoke("preview", *arguments, GROUNDWORK_CONTENT=str(folder.path))


def test_a_cut_is_written_as_sound_and_as_a_picture_and_nothing_else_is_left(folder: Folder, tmp_path: Path) -> None:
    sound, picture = tmp_path / "out.ogg", tmp_path / "out.svg"
    made = preview(folder, "land-now", "--length", "short", "--sound", str(sound), "--picture", str(picture))
    assert made.exit_code == 0, made.output
    told, *written = made.stdout.splitlines()
    assert told.startswith("land-now · en · short by af_heart: 0:")
    assert written == [f"Written: {sound}", f"Written: {picture}"]
    opus = measured(sound, CODECS[1])
    assert f"{opus.lufs:.1f} LUFS" in told
    assert [each.text for each in ET.parse(picture).iter() if each.text == "Thank you."]  # noqa: S314 - our own picture
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "out.ogg", "out.svg"]


def test_the_suffix_chooses_the_codec_and_an_old_file_is_written_over(folder: Folder, tmp_path: Path) -> None:
    sound = tmp_path / "out.m4a"
    sound.write_bytes(b"old")
    assert preview(folder, "land-now", "--sound", str(sound)).exit_code == 0
    assert sound.read_bytes()[4:8] == b"ftyp"
    assert measured(sound, CODECS[0]).duration_ms > 5_000


@pytest.mark.parametrize(
    "names, first, begins", [(("vlc", "mpv", "paplay"), "mpv", "O g g S"), (("afplay", "vlc"), "afplay", "f t y p")]
)
def test_the_first_player_that_is_found_is_given_what_it_knows(
    folder: Folder, players: Players, names: tuple[str, ...], first: str, begins: str
) -> None:
    note = players(*names)
    assert preview(folder, "land-now", "--play").exit_code == 0
    called, content = note.read_text().splitlines()
    program, *arguments = called.split()
    assert (Path(program).name, tuple(arguments[:-1])) == (first, PLAYERS[first])
    assert begins in " ".join(content.split())
    assert not Path(arguments[-1]).exists(), "what was played is gone with the command"


def test_without_a_player_or_with_one_that_fails_a_sentence_says_what_to_do(folder: Folder, players: Players) -> None:
    players()
    refused = preview(folder, "land-now", "--play")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "None of ffplay, mpv, afplay, paplay, vlc is installed" in refused.stderr


def test_a_player_that_fails_is_named(folder: Folder, players: Players) -> None:
    players("vlc", ends_with=3)
    failed = preview(folder, "land-now", "--play")
    assert failed.exit_code == 1
    assert "vlc could not play it" in failed.stderr


def test_a_cut_that_is_not_narrated_says_what_lacks_and_how_it_is_said(folder: Folder, tmp_path: Path) -> None:
    folder.replace("exercises/land-now/en.md", "Look up.", "Look at this green llama.")
    refused = preview(folder, "land-now", "--picture", str(tmp_path / "out.svg"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "land-now · en · medium: af_heart has not said 1 of 4 sentences.",
        "  Look at this green llama.",
        "With the studio, `groundwork narrate land-now --voice af_heart` says them (docs/audio.md).",
    ]
    assert not (tmp_path / "out.svg").exists()


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("--sound", "out.mp3"), "out.mp3 does not end in .ogg or .m4a."),
        (("--picture", "out.png"), "out.png does not end in .svg."),
        (("--sound", "no/such/folder/out.ogg"), "no/such/folder/out.ogg is no file in a folder that is there."),
        (("--voice", "nobody"), "Nothing is recorded by nobody, only by af_heart"),
    ],
)
def test_what_cannot_be_written_or_read_is_refused_first(folder: Folder, arguments: tuple[str, ...], says: str) -> None:
    refused = preview(folder, ROOM, *arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert says in " ".join(refused.stderr.replace("│", "").split())


def test_the_voice_that_is_asked_for_reads_along(folder: Folder) -> None:
    assert preview(folder, "land-now", "--voice", "af_heart").stdout == preview(folder, "land-now").stdout
