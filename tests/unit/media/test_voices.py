from pathlib import Path

import structlog

from audio.voices.recorded import NARRATION, read_index
from server.media.voices import recorded_sentences, recorded_voices

FACTS = """
engine = "kokoro"
model_sha256 = ""
sha256 = ""
licence = "CC0-1.0"
speed = 0.8
"""
SPOKEN = {"low": "en-US", "high": "en-GB", "alta": "es", "unrecorded": "en-US"}
VOICES = "".join(f'[{voice}]\nlanguage = "{language}"{FACTS}' for voice, language in SPOKEN.items())


def test_recorded_voices_stand_by_language_in_the_order_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "voices.toml").write_text(VOICES)
    for voice in ("low", "high", "alta"):
        (tmp_path / voice).mkdir()
        (tmp_path / voice / "index.jsonl").touch()
    assert recorded_voices(tmp_path) == {"en": ("low", "high"), "es": ("alta",)}


def test_a_voice_without_clips_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "voices.toml").write_text(VOICES)
    assert recorded_voices(tmp_path) == {}


def test_the_narration_of_the_project_can_be_read() -> None:
    assert all(isinstance(voices, tuple) for voices in recorded_voices().values())


def test_the_sentences_of_a_voice_are_those_of_the_studios_index_with_their_lengths() -> None:
    for voice in recorded_voices()["en"]:
        index = read_index(NARRATION / voice)
        assert recorded_sentences(voice) == {text: entry.clip.duration_ms for text, entry in index.items()}


def test_an_index_that_cannot_be_read_has_no_sentences_and_is_reported(tmp_path: Path) -> None:
    (tmp_path / "low").mkdir()
    (tmp_path / "low" / "index.jsonl").write_text('{"text": "Hello."')
    with structlog.testing.capture_logs() as logs:
        assert recorded_sentences("low", tmp_path) == recorded_sentences("gone", tmp_path) == {}
    assert [(log["event"], log["voice"]) for log in logs] == [
        ("narration unreadable", "low"),
        ("narration unreadable", "gone"),
    ]
