"""What an exercise's detail says of a cut."""

from server.catalogue.views import AudioFile, ExerciseAudio
from server.media.schemas import Cut, Rendition, StoredFile


def entry_of(cut: Cut, rendition: Rendition | None) -> ExerciseAudio:
    """Return a cut's entry, `preparing` without a rendition; its URLs never change what they answer."""
    if rendition is None:
        return ExerciseAudio(
            length=cut.length,
            alt_variants=cut.alt_variants,
            voice=cut.voice,
            language=cut.language,
            status="preparing",
            files=(),
        )
    return ExerciseAudio(
        length=cut.length,
        alt_variants=cut.alt_variants,
        voice=cut.voice,
        language=cut.language,
        status="ready",
        duration_ms=rendition.duration_ms,
        captions_url=f"/v1/captions/{rendition.recipe}.vtt",
        cues_url=f"/v1/cues/{rendition.recipe}",
        files=tuple(told_file(file, f"/v1/audio/{file.sha256}") for file in rendition.files),
    )


def told_file(file: StoredFile, url: str) -> AudioFile:
    """Return what is said of a file at an address."""
    return AudioFile(
        sha256=file.sha256,
        url=url,
        codec=file.codec,
        media_type=file.media_type,
        bytes=file.bytes,
        lufs=file.lufs,
        true_peak_db=file.true_peak_db,
    )
