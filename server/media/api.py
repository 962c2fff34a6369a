"""Audio, captions and cues by the hash that names them: public, and the same for ever."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from audio.captions import CuePoint
from server.media.doors import reply_with
from server.media.service import Media
from server.web.conditional import IMMUTABLE
from server.web.policy import allow_everybody
from server.web.problems import problems
from server.web.ranges import FileReply
from server.web.reply import Reply

Sha256 = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}\Z", description="The file's SHA-256 in hex.")]
Recipe = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}\Z", description="As an exercise's audio names it.")]
VttName = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}\.vtt\Z", description="The recipe, then `.vtt`.")]


@get(
    "/v1/audio/{sha256:str}",
    tags=["audio"],
    summary="A sound file",
    responses=problems(400, 404, 416, 503),
    **allow_everybody(),
)
async def read_audio(sha256: Sha256, media: NamedDependency[Media]) -> FileReply:
    """Answer a file in whole or, to a Range, in part. It never changes: its name is the hash of its bytes.

    Where audio is kept in a bucket, the answer is 307 and a `Location` that holds for two hours.
    """
    return await reply_with(media, await media.file(sha256))


@get(
    "/v1/captions/{name:str}",
    tags=["audio"],
    summary="Captions",
    responses=problems(400, 404, 503),
    **allow_everybody(),
)
async def read_captions(name: VttName, media: NamedDependency[Media]) -> Reply[str]:
    """Answer what is said, as WebVTT."""
    recipe = name.removesuffix(".vtt")
    manifest = await media.manifest(recipe)
    return Reply(manifest.captions, media_type="text/vtt; charset=utf-8", headers=_immutable(recipe))


@get(
    "/v1/cues/{recipe:str}", tags=["audio"], summary="Cue sheet", responses=problems(400, 404, 503), **allow_everybody()
)
async def read_cues(recipe: Recipe, media: NamedDependency[Media]) -> Reply[list[CuePoint]]:
    """Answer when a breath rises, rests and falls, to be shown or felt."""
    manifest = await media.manifest(recipe)
    return Reply(list(manifest.cues), headers=_immutable(recipe))


def _immutable(recipe: str) -> dict[str, str]:
    return {"Cache-Control": IMMUTABLE, "ETag": f'"{recipe}"'}


routes = [read_audio, read_captions, read_cues]
