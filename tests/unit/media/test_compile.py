from support.media import exercise

from audio.timeline import Breath, Chapter, Programme, Say, Silence
from server.media.compile import cut_of, cuts_of, draft_of, programme_of


def cues(length: str = "medium", *alt_variants: str) -> Programme:
    item = exercise()
    return programme_of(item, cut_of(item, "en", length, "babble", alt_variants))


def test_steps_become_chapters_lines_speech_and_pauses_and_each_paced_breath_one_breath() -> None:
    assert cues().cues == (
        Chapter(title="Arrive"),
        Say(text="Hello from small-wave."),
        Silence(seconds=1),
        Say(text="Rest."),
        Chapter(title="Count"),
        Breath(inhale=2, hold=0, exhale=2, rest=1, words="In, two. Out, two."),
        Breath(inhale=2, hold=0, exhale=2, rest=1, words=""),
        Chapter(title="Return"),
        Say(text="Look around."),
        Silence(seconds=1),
    )


def test_a_programme_says_its_title_language_and_voice() -> None:
    programme = cues()
    assert (programme.title, programme.language, programme.voice) == ("small-wave", "en", "babble")


def test_lengths_and_alt_variants_change_what_is_heard() -> None:
    assert Say(text="Hello.") in cues("short").cues
    assert Say(text="Rest a little.") in cues("medium", "no_baby").cues
    assert not [cue for cue in cues("medium", "own_pace").cues if isinstance(cue, Breath)]


def test_two_alt_variants_together_are_one_cut_whatever_their_order() -> None:
    item = exercise()
    both = cut_of(item, "en", "long", "babble", ("own_pace", "no_baby"))
    assert both == cut_of(item, "en", "long", "babble", ("no_baby", "own_pace", "no_baby"))
    programme = programme_of(item, both)
    assert Say(text="Rest a little.") in programme.cues
    assert not [cue for cue in programme.cues if isinstance(cue, Breath)]


def test_every_length_is_cut_as_it_stands_and_with_each_alt_variant_alone() -> None:
    cuts = cuts_of(exercise(), "en", "babble")
    assert len(set(cuts)) == len(cuts) == 9
    assert {(cut.length, cut.alt_variants) for cut in cuts} == {
        (length, names) for length in ("short", "medium", "long") for names in ((), ("no_baby",), ("own_pace",))
    }


def test_cuts_that_sound_the_same_have_one_score_and_others_another() -> None:
    item = exercise()
    medium, long, short = (
        draft_of(item, cut_of(item, "en", length, "babble")).score for length in ("medium", "long", "short")
    )
    assert medium == long != short
