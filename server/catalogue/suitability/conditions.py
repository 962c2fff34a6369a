"""Whether what a suitability rule looks at is there in an exercise (content brief 2.1)."""

from msgspec import UnsetType

from server.catalogue.reference import When
from server.catalogue.schemas import ExerciseFile


def applies(when: When, exercise: ExerciseFile, *, seconds: float, silence: float) -> bool:
    """Whether a rule's condition holds of an exercise of this length, with its longest silence, both in seconds."""
    if not isinstance(when.property, UnsetType):
        return when.property in exercise.properties
    match when.field:
        case "load":
            value = float(exercise.interoceptive_load)
        case "duration_s":
            value = seconds
        case "max_silence_s":
            value = silence
        case _:
            return True
    at_least = not isinstance(when.at_least, UnsetType) and value >= when.at_least
    return at_least or (not isinstance(when.above, UnsetType) and value > when.above)
