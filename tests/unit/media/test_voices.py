from pathlib import Path

from server.media.voices import recorded_voices

VOICES = """
[low]
language = "en-US"
[high]
language = "en-GB"
[alta]
language = "es"
[unrecorded]
language = "en-US"
"""


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
