"""L01 to L07: how dense, how quiet and how long a script is (content brief 4.2)."""

from collections.abc import Iterator

from server.catalogue.lint.registry import Problem, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.lint.text import words_in

HARDEST_SILENCE_S = 45
TOLERANCE = 0.10


@take_rule("L01")
def words_per_minute(take: Take) -> Iterator[Problem]:
    """Keep the words per minute of the whole script within the profile."""
    low, high = take.item.profile.words_per_minute
    found = take.word_count * 60 / take.total_s
    if not low <= found <= high:
        yield Problem(take.cues[0].source_line, f"{found:.1f} is not within {low:g} to {high:g}")


@take_rule("L02")
def speech_rate(take: Take) -> Iterator[Problem]:
    """Say each line no faster than the profile allows, where its audio is known."""
    limit = take.item.profile.line_words_per_minute
    for cue in take.lines:
        if cue.measured and cue.spoken_s > 0:
            found = len(words_in(cue.text)) * 60 / cue.spoken_s
            if found > limit:
                yield Problem(cue.source_line, f"{found:.0f} words per minute are more than {limit:g}")


@take_rule("L03")
def quiet_ratio(take: Take) -> Iterator[Problem]:
    """Leave as much of the script without spoken lines as the profile asks; breaths under the tone are quiet."""
    low, high = take.item.profile.quiet
    found = 1 - sum(cue.spoken_s for cue in take.lines) / take.total_s
    if not low <= found <= high:
        yield Problem(take.cues[0].source_line, f"{found:.2f} is not within {low:g} to {high:g}")


@take_rule("L04")
def longest_silence(take: Take) -> Iterator[Problem]:
    """Keep every silence within the profile, and under 45 s anywhere."""
    limit = min(take.item.profile.longest_silence_s, HARDEST_SILENCE_S)
    for cue in take.lines:
        if cue.pause_s > limit:
            yield Problem(cue.source_line, f"{cue.pause_s:g} s are more than {limit:g} s")


@take_rule("L05")
def pause_after_line(take: Take) -> Iterator[Problem]:
    """Leave the profile's pause after each line."""
    least = take.item.profile.pause_s
    for cue in take.lines:
        if cue.pause_s < least:
            yield Problem(cue.source_line, f"{cue.pause_s:g} s are less than {least:g} s", "warning")


@take_rule("L06")
def total_length(take: Take) -> Iterator[Problem]:
    """Keep the total length within the profile."""
    low, high = take.item.profile.seconds
    if not low <= take.total_s <= high:
        where = ("variants", take.length, "seconds")
        yield Problem(where, f"{take.total_s:.0f} s are not within {low:g} to {high:g} s")


@take_rule("L07")
def declared_length(take: Take) -> Iterator[Problem]:
    """Declare a length within 10% of the computed one."""
    if abs(take.total_s - take.declared_s) > TOLERANCE * take.declared_s:
        where = ("variants", take.length, "seconds")
        yield Problem(where, f"computed {take.total_s:.0f} s, declared {take.declared_s} s")
