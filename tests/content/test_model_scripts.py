from itertools import pairwise
from pathlib import Path

import pytest
from support.catalogue import CONTENT, ROOM, WAVE, Folder, take_of

from server.catalogue.lint.reading import MEASURES


def test_both_model_scripts_pass_every_rule(tmp_path: Path) -> None:
    assert [str(finding) for finding in Folder(tmp_path).check()] == []


@pytest.mark.parametrize(
    "slug, total, words, per_minute, quiet, silence, stop, eyes, choice_gap, back",
    [
        (WAVE, 301.1, 307, 61.2, 0.52, 7, 8.5, 32.9, 65.0, 45.3),
        (ROOM, 240.4, 250, 62.4, 0.43, 8, 8.5, 8.5, 47.4, 46.4),
    ],
)
def test_a_model_script_measures_as_its_authors_measured_it(  # noqa: PLR0913, PLR0917 - every figure of the brief
    tmp_path: Path,
    slug: str,
    total: float,
    words: int,
    per_minute: float,
    quiet: float,
    silence: float,
    stop: float,
    eyes: float,
    choice_gap: float,
    back: float,
) -> None:
    take = take_of(Folder(tmp_path).path, slug, "medium")
    assert take.total_s == pytest.approx(total, abs=0.05)
    assert take.word_count == words
    assert take.word_count * 60 / take.total_s == pytest.approx(per_minute, abs=0.05)
    assert 1 - sum(cue.spoken_s for cue in take.lines) / take.total_s == pytest.approx(quiet, abs=0.005)
    assert max(cue.pause_s for cue in take.lines) == silence
    assert take.matching("stop")[0].at == pytest.approx(stop, abs=0.1)
    assert take.matching("eyes")[0].at == pytest.approx(eyes, abs=0.1)
    starts = [0, *(cue.at for cue in take.matching("choice"))]
    assert max(after - before for before, after in pairwise(starts)) == pytest.approx(choice_gap, abs=0.3)
    assert sum(cue.sounding_s + cue.pause_s for cue in take.cues if cue.step.id == "return") == pytest.approx(
        back, abs=0.1
    )
    assert MEASURES["flesch_kincaid"].score([sentence for _, sentence in take.sentences]) == pytest.approx(0.9, abs=0.4)


@pytest.mark.parametrize("slug", [WAVE, ROOM])
def test_the_shipped_model_scripts_have_the_same_words_in_medium(tmp_path: Path, slug: str) -> None:
    fixture = take_of(Folder(tmp_path).path, slug, "medium")
    shipped = take_of(CONTENT, slug, "medium")
    assert [cue.text for cue in shipped.cues] == [cue.text for cue in fixture.cues]
