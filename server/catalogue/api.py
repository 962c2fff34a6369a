from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from server.catalogue.answers import Answers
from server.catalogue.search import DEFAULT_LOCALE, Query
from server.catalogue.views import ExerciseDetail, Exercises
from server.catalogue.vocabulary import Phase, Posture, Technique, Track
from server.web.policy import allow_everybody
from server.web.problems import problems

Locale = Annotated[
    str,
    QueryParameter(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$", description="Language of the words, like en"),
]
MaxMinutes = Annotated[int | None, QueryParameter(ge=1, le=60, description="Has a length of that many minutes")]
MaxLoad = Annotated[int | None, QueryParameter(ge=1, le=5, description="Highest interoceptive load")]
Words = Annotated[str | None, QueryParameter(max_length=100, description="Words in title or description")]


def query_of(  # noqa: PLR0913, PLR0917 - a parameter per filter
    technique: FromQuery[Technique | None] = None,
    track: FromQuery[Track | None] = None,
    phase: FromQuery[Phase | None] = None,
    posture: FromQuery[Posture | None] = None,
    max_minutes: MaxMinutes = None,
    max_load: MaxLoad = None,
    q: Words = None,
    locale: Locale = DEFAULT_LOCALE,
) -> Query:
    """Collect the filters of a request."""
    return Query(
        technique=technique,
        track=track,
        phase=phase,
        posture=posture,
        max_minutes=max_minutes,
        max_load=max_load,
        q=q,
        locale=locale,
    )


@get(
    "/v1/exercises",
    operation_id="listExercises",
    summary="List the exercises",
    tags=["catalogue"],
    responses=problems(400),
    **allow_everybody(),
    dependencies={"filters": Provide(query_of, sync_to_thread=False)},
)
async def list_exercises(filters: NamedDependency[Query], answers: NamedDependency[Answers]) -> Response[Exercises]:
    """List the exercises that match all filters; without filters, all of them."""
    return answers.list(filters).reply()


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


routes: list[HTTPRouteHandler] = [list_exercises, read_exercise]
