# ruff: noqa: RUF001 - phonetic letters look like others and are meant
from subprocess import CompletedProcess

import pytest

from audio.g2p import spanish
from audio.voices.kokoro import StudioError


def espeak(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """Let espeak-ng, which only authors have, say what it once said."""
    monkeypatch.setattr(spanish.subprocess, "run", lambda *_, **__: CompletedProcess((), 0, stdout=told))


def test_spanish_is_read_by_rule_with_its_punctuation_and_the_lexicon_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    espeak(monkeypatch, " ˈa^ɪɾe\n ɡɾounðwˈork mˈut^ʃo\n")
    said = spanish.spoken("¿Aire, Groundwork «mucho»?", {"groundwork": "ɡɾˈWnwoɾk"})
    assert [word.phonemes for word in said] == ["ˈIɾe,", "ɡɾˈWnwoɾk", "mˈuʧo?"]


def test_a_word_that_spanish_spelling_does_not_decide_is_to_be_reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    espeak(monkeypatch, "ˈola wˈork\n")
    assert [word.known for word in spanish.spoken("Hola, work.", {})] == [True, False]
    assert [word.known for word in spanish.spoken("Hola, work.", {"work": "wˈork"})] == [True, True]
    with pytest.raises(StudioError, match="other words than its spaces"):
        spanish.spoken("Hola.", {})


def test_without_espeak_an_author_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StudioError, match="apt install espeak-ng"):
        spanish.spoken("Hola.", {})
