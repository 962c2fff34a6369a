from pathlib import Path

import pytest
from support.voices import Babble

from audio.render import Rendered, render
from audio.timeline import Bell, Breath, Chapter, Programme, Say, Silence

PROGRAMME = Programme(
    title="Soft wave",
    language="en",
    voice="babble",
    cues=(
        Chapter(title="Arrive"),
        Say(text="Hello there. This is a practice of about one minute, to be heard by a test."),
        Silence(seconds=2.5),
        Chapter(title="Breathe"),
        Breath(inhale=3, hold=0, exhale=4, rest=0, words="In, two, three. Out, two, three, four."),
        Breath(inhale=3, hold=1, exhale=4, rest=1, words=""),
        Silence(seconds=3),
        Bell(),
        Chapter(title="Return"),
        Say(text="We are coming to the end. Look around, and find one colour."),
        Silence(seconds=2),
    ),
)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return render(PROGRAMME, Babble(), tmp_path_factory.mktemp("rendered"))


@pytest.fixture
def programme() -> Programme:
    return PROGRAMME


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path
