import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from audio import studio
from audio.clips import CLIP_LUFS, CLIP_PEAK_DB, ClipError, digest_of, finish, write
from audio.described import read_voices
from audio.encode import decoded
from audio.g2p import Spoken
from audio.pronounce import g2p_name, read_lexicon
from audio.studio import Studio, missing, wanted
from audio.timeline import EDGE_MS
from audio.voices import Clip, MissingNarrationError
from audio.voices.kokoro import ENGINE_RATE, Kokoro, StudioError, Take
from audio.voices.recorded import NARRATION, Entry, NarrationError, Recorded, clip_path, read_index

WORDS = (Spoken(text="Hello", phonemes="abc", known=True), Spoken(text="there.", phonemes="defg.", known=True))


def take(*, loud: float = 0.5) -> Take:
    """Two words of 400 and 500 ms after 450 ms of silence, as the engine would give them."""
    sound = np.zeros(ENGINE_RATE * 2, np.float32)
    noise = np.random.default_rng(3).normal(0, loud / 3, ENGINE_RATE).astype(np.float32)
    sound[9_000:18_600] = noise[:9_600]
    sound[20_400:32_400] = noise[:12_000]
    return Take(sound=sound, phonemes_ms=(450, 100, 100, 200, 75, 100, 125, 125, 150, 200, 375))


def recorded(folder: Path) -> Clip:
    voice = folder / "ada"
    voice.mkdir()
    clip = write(finish(take(), WORDS), clip_path(voice, "0123"), "0123")
    studio.add_to_index(voice, Entry(text="Hello there.", clip=clip))
    return clip


def test_a_clip_has_fixed_edges_one_loudness_and_a_limited_peak(tmp_path: Path) -> None:
    clip = write(finish(take(), WORDS), tmp_path / "a.opus", "a")
    loud = np.flatnonzero(np.abs(np.concatenate(list(decoded(tmp_path / "a.opus")))[:, 0]) > 0.01)
    assert abs(loud[0] / 48 - EDGE_MS) < 20
    assert abs(clip.duration_ms - loud[-1] / 48 - EDGE_MS) < 20
    assert clip.lufs == pytest.approx(CLIP_LUFS, abs=1)
    assert clip.peak_db <= CLIP_PEAK_DB + 1.5
    assert [word.text for word in clip.words] == ["Hello", "there."]
    assert clip.words[0].end_ms < clip.words[1].start_ms < clip.words[1].end_ms <= clip.duration_ms


def test_a_quiet_and_a_loud_take_become_equally_loud(tmp_path: Path) -> None:
    loud, quiet = (write(finish(take(loud=level), WORDS), tmp_path / "a.opus", "a").lufs for level in (0.6, 0.05))
    assert loud == pytest.approx(quiet, abs=0.3)


def test_a_clip_that_came_out_wrong_is_not_kept(tmp_path: Path) -> None:
    click = Take(sound=np.zeros(ENGINE_RATE, np.float32), phonemes_ms=take().phonemes_ms)
    click.sound[5_000:5_040] = 0.5
    with pytest.raises(ClipError):
        write(finish(click, WORDS), tmp_path / "a.opus", "a")
    assert not list(tmp_path.iterdir())


def test_the_name_of_a_clip_changes_with_anything_that_made_it() -> None:
    assert digest_of("kokoro", "model", "həlO") == digest_of("kokoro", "model", "həlO")
    assert digest_of("kokoro", "model", "həlO") != digest_of("kokoro", "model", "hɛlO")


def test_a_recorded_sentence_is_found_however_it_was_typed(tmp_path: Path) -> None:
    clip = recorded(tmp_path)
    narrator = Recorded("ada", tmp_path)
    assert narrator.clip(" Hello   there. ") == clip
    assert len(narrator.samples("Hello there.")) == clip.duration_ms * 48


def test_a_sentence_nobody_recorded_is_named_by_its_hash(tmp_path: Path) -> None:
    recorded(tmp_path)
    with pytest.raises(MissingNarrationError, match=r"[0-9a-f]{16}") as error:
        Recorded("ada", tmp_path).clip("Good night.")
    assert "night" not in str(error.value)


def test_narration_that_contradicts_its_index_is_refused(tmp_path: Path) -> None:
    clip = recorded(tmp_path)
    clip_path(tmp_path / "ada", clip.digest).unlink()
    with pytest.raises(NarrationError, match="not on disk"):
        Recorded("ada", tmp_path).samples("Hello there.")
    (tmp_path / "ada" / "index.jsonl").write_text("nonsense\n")
    with pytest.raises(NarrationError, match=r"index\.jsonl"):
        Recorded("ada", tmp_path)


def test_missing_lists_sentences_and_counted_words_without_a_clip(tmp_path: Path) -> None:
    clip = recorded(tmp_path)
    place = Studio(narration=tmp_path, voice_files=tmp_path)
    assert missing(place, "ada", ["Hello there. Good night."]) == ("Good night.",)
    assert missing(place, "ada", ["Hello there."]) == ()
    clip_path(tmp_path / "ada", clip.digest).unlink()
    assert missing(place, "ada", ["Hello there."]) == ("Hello there.",), "an index alone is no narration"


def test_a_counted_line_wants_its_words_and_its_sentences() -> None:
    assert wanted(["In, two. Out, two."]) == ("In, two.", "Out, two.", "In,", "two.", "Out,")


def test_the_index_is_sorted_and_keeps_what_others_added(tmp_path: Path) -> None:
    clip = recorded(tmp_path)
    studio.add_to_index(tmp_path / "ada", Entry(text="A first one.", clip=clip))
    assert list(read_index(tmp_path / "ada")) == ["A first one.", "Hello there."]


def test_the_project_names_every_voice_with_its_licence_and_reads_its_lexicon() -> None:
    place = Studio(narration=NARRATION, voice_files=NARRATION)
    voice = place.voice("af_heart")
    assert voice.licence == "Apache-2.0"
    assert 0.75 <= voice.speed <= 0.8
    assert "ketamine" in read_lexicon(NARRATION, voice.language).words
    with pytest.raises(StudioError, match="has no voice nobody"):
        place.voice("nobody")


def test_what_a_recorded_voice_was_made_with_is_known() -> None:
    voices = read_voices(NARRATION)
    for name, voice in voices.items():
        assert Recorded(name).origin == voice.origin
        assert all(re.fullmatch("[0-9a-f]{64}", each) for each in (voice.sha256, voice.model_sha256))
    assert len({voice.model_sha256 for voice in voices.values() if voice.engine == "kokoro"}) == 1
    with pytest.raises(NarrationError, match="does not describe nobody"):
        assert Recorded("nobody").origin


def test_a_voice_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"docs/audio\.md"):
        Kokoro(tmp_path / "af_heart.bin", "0" * 64, "0" * 64)
    (tmp_path / "af_heart.bin").write_bytes(b"something else")
    with pytest.raises(StudioError, match="not the file"):
        Kokoro(tmp_path / "af_heart.bin", "0" * 64, "0" * 64)


def test_every_committed_clip_is_there_and_as_long_as_its_index_says() -> None:
    for folder in NARRATION.iterdir():
        entries = read_index(folder) if folder.is_dir() else {}
        files = {path.stem for path in folder.glob("*.opus")} if folder.is_dir() else set()
        assert {entry.clip.digest for entry in entries.values()} == files
        assert all(text == entry.text for text, entry in entries.items())


def test_each_language_of_the_voices_has_a_reader_and_a_lexicon() -> None:
    described = tomllib.loads((NARRATION / "voices.toml").read_text("utf-8"))
    for language in {facts["language"] for facts in described.values() if facts["engine"] == "kokoro"}:
        assert g2p_name(language)
        assert read_lexicon(NARRATION, language).version >= 1
    with pytest.raises(StudioError, match="Nobody reads tlh"):
        g2p_name("tlh")
