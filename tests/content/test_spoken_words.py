"""Every word that an English voice would say is known to its dictionaries or was reviewed, and the model can say it."""

import pytest
from support.catalogue import CONTENT

from audio.pronounce import Lexicon, pronounce, read_lexicon, unknown_words
from audio.studio import wanted
from audio.voices.kokoro import unsayable
from audio.voices.recorded import NARRATION
from server.catalogue.snapshot import load_snapshot
from server.cli.narrating import sentences_of


@pytest.fixture(scope="module")
def sentences() -> tuple[str, ...]:
    return wanted(dict.fromkeys(sentences_of(load_snapshot(CONTENT).exercises.values(), "en", "of-any-name")))


@pytest.mark.parametrize("dialect", ["en-US", "en-GB"])
def test_every_word_is_known_and_every_sound_is_one_of_the_models(dialect: str, sentences: tuple[str, ...]) -> None:
    lexicon = read_lexicon(NARRATION, dialect)
    words = [word for sentence in sentences for word in pronounce(sentence, dialect, lexicon)]
    assert len(words) > 10_000
    assert {word.text for word in words if not word.known} == set()
    assert unsayable("".join(word.phonemes for word in words)) == []


def test_without_its_lexicon_a_dialect_does_not_know_all(sentences: tuple[str, ...]) -> None:
    tipped = [sentence for sentence in sentences if "tipped" in sentence]
    assert unknown_words(tipped, "en-GB", Lexicon(version=1, words={})) == ("tipped",)
