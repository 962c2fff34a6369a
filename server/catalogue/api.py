from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec.structs import replace

from server.catalogue.answers import Answers
from server.catalogue.cursor import MOST_CHARACTERS
from server.catalogue.paths import Tracks
from server.catalogue.search import DEFAULT_LIMIT, DEFAULT_LOCALE, Query
from server.catalogue.views import ExerciseDetail, Exercises, ExerciseText
from server.catalogue.vocabulary import Anchor, Arousal, Attention, Eyes, Method, Phase, Posture, Technique, Track
from server.web.policy import allow_everybody
from server.web.problems import problems

Locale = Annotated[
    str,
    QueryParameter(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$", description="Language of the words, like en"),
]
MaxMinutes = Annotated[int | None, QueryParameter(ge=1, le=60, description="Has a length of that many minutes")]
MaxLoad = Annotated[int | None, QueryParameter(ge=1, le=5, description="Highest interoceptive load")]
Words = Annotated[
    str | None,
    QueryParameter(max_length=100, description="Words in title, description, steps or labels; slips are forgiven"),
]
TextAlone = Annotated[bool | None, QueryParameter(description="Whether it can be practised by reading, without sound")]
WithFacets = Annotated[bool, QueryParameter(description="Whether to count what each other value would leave")]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="Most items of a page")]
Continued = Annotated[
    str | None, QueryParameter(name="cursor", max_length=MOST_CHARACTERS, description="`next` of the last page")
]
Version = Annotated[
    str | None,
    QueryParameter(
        name="v", pattern=r"^[0-9a-f]{16}\Z", description="The catalogue's version: the answer never changes then"
    ),
]


def which(  # noqa: PLR0913, PLR0917 - a parameter per filter
    technique: FromQuery[Technique | None] = None,
    method: FromQuery[Method | None] = None,
    track: FromQuery[Track | None] = None,
    phase: FromQuery[Phase | None] = None,
    posture: FromQuery[Posture | None] = None,
    anchor: FromQuery[Anchor | None] = None,
    arousal: FromQuery[Arousal | None] = None,
    attention: FromQuery[Attention | None] = None,
    eyes: FromQuery[Eyes | None] = None,
    text_alone: TextAlone = None,
    max_minutes: MaxMinutes = None,
    max_load: MaxLoad = None,
) -> Query:
    """Collect what an exercise must be."""
    return Query(
        technique=technique,
        method=method,
        track=track,
        phase=phase,
        posture=posture,
        anchor=anchor,
        arousal=arousal,
        attention=attention,
        eyes=eyes,
        text_alone=text_alone,
        max_minutes=max_minutes,
        max_load=max_load,
    )


def query_of(
    filters: NamedDependency[Query],
    q: Words = None,
    locale: Locale = DEFAULT_LOCALE,
    facets: WithFacets = False,  # noqa: FBT002 - a parameter of a query is named
    limit: Limit = DEFAULT_LIMIT,
    cursor: Continued = None,
    version: Version = None,
) -> Query:
    """Add the words it must have, and how the answer is to be told."""
    return replace(filters, q=q, locale=locale, facets=facets, limit=limit, cursor=cursor, version=version)


@get(
    "/v1/exercises",
    operation_id="listExercises",
    summary="List the exercises",
    tags=["catalogue"],
    responses=problems(400, 404, 409),
    **allow_everybody(),
    dependencies={
        "filters": Provide(which, sync_to_thread=False),
        "wanted": Provide(query_of, sync_to_thread=False),
    },
)
async def list_exercises(wanted: NamedDependency[Query], answers: NamedDependency[Answers]) -> Response[Exercises]:
    """List the exercises that match all filters, page by page; without filters, all of them."""
    return answers.list(wanted).reply()


@get(
    "/v1/exercises/{slug:str}",
    operation_id="readExercise",
    summary="Read one exercise",
    tags=["catalogue"],
    responses=problems(400, 404),
    **allow_everybody(),
)
async def read_exercise(
    slug: FromPath[str], answers: NamedDependency[Answers], locale: Locale = DEFAULT_LOCALE
) -> Response[ExerciseDetail]:
    """Read one exercise: its words and pauses in every length, its audio, and what it is fit for."""
    return answers.read(slug, locale).reply()


@get(
    "/v1/exercises/{slug:str}/versions/{version:str}",
    operation_id="readExerciseVersion",
    summary="Read one version of an exercise",
    tags=["catalogue"],
    responses=problems(400, 404),
    **allow_everybody(),
)
async def read_exercise_version(
    slug: FromPath[str], version: FromPath[str], answers: NamedDependency[Answers]
) -> Response[ExerciseText]:
    """Read an exercise without its audio, in one version and language: it may be kept for ever, by anybody."""
    return answers.read_version(slug, version).reply()


@get(
    "/v1/tracks",
    operation_id="listTracks",
    summary="List the tracks",
    tags=["catalogue"],
    responses=problems(400),
    **allow_everybody(),
)
async def list_tracks(answers: NamedDependency[Answers], locale: Locale = DEFAULT_LOCALE) -> Response[Tracks]:
    """List the tracks: their stages by phase, and in each the exercises in the order to meet them."""
    return answers.tracks(locale).reply()


routes: list[HTTPRouteHandler] = [list_exercises, read_exercise, read_exercise_version, list_tracks]
