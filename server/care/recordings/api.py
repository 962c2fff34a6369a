from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, HeaderParameter, JSONBody, PathParameter

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.care.recordings import service
from server.care.recordings.consent import consent_in
from server.care.recordings.schemas import (
    MOST_BYTES,
    ChangeRecording,
    NewRecording,
    OwnRecordings,
    Recording,
    RecordingConsent,
    Recordings,
)
from server.catalogue.answers import Answers
from server.catalogue.api import Locale
from server.catalogue.search import DEFAULT_LOCALE
from server.media.schemas import Codec
from server.web.policy import allow
from server.web.problems import problems
from server.web.ranges import RangedReply
from server.web.reply import Reply

PART: Final = "application/octet-stream"
# Anybody's phone may keep it, no cache in between, and it is asked again whether it may still be heard.
_PRIVATE: Final = "private, no-cache"
Part = Annotated[bytes, Body(media_type=PART)]
Offset = Annotated[
    int, HeaderParameter(name="Upload-Offset", ge=0, le=MOST_BYTES, description="Behind how many bytes it belongs.")
]
WhichCodec = Annotated[Codec, PathParameter(description="One of those that a recording's `files` name.")]


@get("/v1/recording-consent", operation_id="readRecordingConsent", responses=problems(401, 403), **allow(*STAFF))
async def read_consent(work: NamedDependency[Work], locale: Locale = DEFAULT_LOCALE) -> RecordingConsent:  # noqa: ARG001 - asks who calls
    """Read what somebody agrees to who lends their voice."""
    return consent_in(locale.partition("-")[0])


@get("/v1/recordings", operation_id="listRecordings", responses=problems(401, 403), **allow(*STAFF))
async def list_recordings(work: NamedDependency[Work], answers: NamedDependency[Answers], state: State) -> Recordings:
    """List the caller's own recordings."""
    return await service.list_recordings(work, answers.snapshot, state.recordings)


@post("/v1/recordings", operation_id="addRecording", responses=problems(400, 401, 403, 409), **allow(*STAFF))
async def add_recording(
    data: JSONBody[NewRecording], work: NamedDependency[Work], answers: NamedDependency[Answers], state: State
) -> Recording:
    """Begin a recording of an exercise in the caller's own voice; its sound is sent in parts."""
    return await service.add_recording(work, data, answers.snapshot, state.recordings)


@get(
    "/v1/recordings/{recording_id:uuid}",
    operation_id="readRecording",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def read_recording(
    recording_id: FromPath[UUID], work: NamedDependency[Work], answers: NamedDependency[Answers], state: State
) -> Recording:
    """Read how far a recording of the caller's is, and what was measured on it."""
    return await service.read_recording(work, recording_id, answers.snapshot, state.recordings)


@patch(
    "/v1/recordings/{recording_id:uuid}",
    operation_id="changeRecording",
    responses=problems(400, 401, 403, 404, 409),
    **allow(*STAFF),
)
async def change_recording(
    recording_id: FromPath[UUID],
    data: JSONBody[ChangeRecording],
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
    state: State,
) -> Recording:
    """Let the caller's clients hear a recording, or not any more."""
    return await service.change_recording(work, recording_id, data, answers.snapshot, state.recordings)


@delete(
    "/v1/recordings/{recording_id:uuid}",
    operation_id="removeRecording",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def remove_recording(recording_id: FromPath[UUID], work: NamedDependency[Work], state: State) -> None:
    """Remove a recording of the caller's, with every file of it."""
    await service.remove_recording(work, recording_id, state.recordings)


@patch(
    "/v1/recordings/{recording_id:uuid}/sound",
    operation_id="sendRecordingPart",
    responses=problems(400, 401, 403, 404, 409),
    **allow(*STAFF),
)
async def send_part(
    recording_id: FromPath[UUID],
    data: Part,
    offset: Offset,
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
    state: State,
) -> Recording:
    """Send the next part of the sound; a part that was not answered is sent again from `received_bytes` on."""
    return await service.send_part(work, recording_id, offset, data, answers.snapshot, state.recordings)


@get(
    "/v1/recordings/{recording_id:uuid}/files/{codec:str}",
    operation_id="readRecordingFile",
    responses=problems(400, 401, 403, 404, 416),
    **allow(*STAFF, "client"),
)
async def read_file(
    recording_id: FromPath[UUID],
    codec: WhichCodec,
    work: NamedDependency[Work],
    answers: NamedDependency[Answers],
    state: State,
) -> RangedReply:
    """Hear a recording: the caller's own, or one that somebody who cares for them has published."""
    path, file = await service.find_file(work, recording_id, codec, answers.snapshot, state.recordings)
    return RangedReply(
        lambda: path.open("rb", buffering=0),
        size=file.bytes,
        etag=f'"{file.sha256}"',
        media_type=file.media_type,
        cache_control=_PRIVATE,
    )


@get(
    "/v1/recordings/{recording_id:uuid}/captions",
    operation_id="readRecordingCaptions",
    responses=problems(401, 403, 404),
    media_type="text/vtt",
    **allow(*STAFF, "client"),
)
async def read_captions(
    recording_id: FromPath[UUID], work: NamedDependency[Work], answers: NamedDependency[Answers]
) -> Response[str]:
    """Read what is said in a recording, as WebVTT."""
    words = await service.read_captions(work, recording_id, answers.snapshot)
    return Reply(words, media_type="text/vtt; charset=utf-8", headers={"Cache-Control": _PRIVATE})


@get("/v1/me/recordings", operation_id="listOwnRecordings", responses=problems(401, 403), **allow("client"))
async def list_heard(work: NamedDependency[Work], answers: NamedDependency[Answers]) -> OwnRecordings:
    """List what those who care for the caller have recorded for them; a phone drops whatever is not here."""
    return await service.list_heard(work, answers.snapshot)


HANDLERS: list[Any] = [
    read_consent,
    list_recordings,
    add_recording,
    read_recording,
    change_recording,
    remove_recording,
    send_part,
    read_file,
    read_captions,
    list_heard,
]
