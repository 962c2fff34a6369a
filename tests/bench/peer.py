"""What a user would write instead: FastAPI, Pydantic, SQLAlchemy's ORM and PyJWT, as their own documentation does it.

It does less than Groundwork: a completion is taken once by its id, a streak counts days in a row, and a token is
believed until it expires. There are no scopes, plans, voids, forgiven days, sealed texts or sign-ins that end early.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import DateTime, Index, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET = "a secret of the bench, which guards nothing"
DAY = timedelta(days=1)

engine = create_async_engine(os.environ["PEER_DATABASE_URL"], pool_size=10)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class CompletionRow(Base):
    __tablename__ = "completions"
    __table_args__ = (Index(None, "client_id", "local_date"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    exercise: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    zone: Mapped[str]
    local_date: Mapped[date]
    seconds: Mapped[int]
    distress_before: Mapped[int | None]
    distress_after: Mapped[int | None]


class LogCompletion(BaseModel):
    id: UUID
    exercise: str
    started_at: datetime
    finished_at: datetime
    zone: str
    local_date: date
    seconds: int = Field(ge=0)
    distress_before: int | None = Field(default=None, ge=0, le=10)
    distress_after: int | None = Field(default=None, ge=0, le=10)


class Streak(BaseModel):
    current: int
    longest: int


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def open_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


def read_token(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> UUID:
    try:
        return UUID(jwt.decode(bearer.credentials, SECRET, algorithms=["HS256"])["sub"])
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error


Session = Annotated[AsyncSession, Depends(open_session)]
Client = Annotated[UUID, Depends(read_token)]


async def streak_of(session: AsyncSession, client: UUID) -> Streak:
    dates = select(CompletionRow.local_date).where(CompletionRow.client_id == client).distinct()
    run, longest, before = 0, 0, None
    for day in await session.scalars(dates.order_by(CompletionRow.local_date)):
        run = run + 1 if before and day - before == DAY else 1
        longest, before = max(longest, run), day
    return Streak(current=run, longest=longest)


@app.get("/healthz", status_code=204)
async def say_ready() -> None:
    pass


@app.post("/clients", status_code=201)
async def add_client() -> Token:
    claims = {"sub": str(uuid4()), "exp": datetime.now(UTC) + DAY}
    return Token(access_token=jwt.encode(claims, SECRET, algorithm="HS256"))


@app.post("/me/completions", status_code=201)
async def log_completion(completion: LogCompletion, client: Client, session: Session) -> Streak:
    await session.execute(
        insert(CompletionRow).values(client_id=client, **completion.model_dump()).on_conflict_do_nothing()
    )
    await session.commit()
    return await streak_of(session, client)


@app.post("/me/completions/batch", status_code=201)
async def log_completions(completions: list[LogCompletion], client: Client, session: Session) -> Streak:
    rows = [{"client_id": client, **each.model_dump()} for each in completions]
    await session.execute(insert(CompletionRow).values(rows).on_conflict_do_nothing())
    await session.commit()
    return await streak_of(session, client)


@app.get("/me/streak")
async def read_streak(client: Client, session: Session) -> Streak:
    return await streak_of(session, client)
