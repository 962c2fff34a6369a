"""Whether a database fits this version, found out without Alembic: a third of the server's start was importing it."""

from functools import cache
from pathlib import Path

from sqlalchemy import column, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

VERSIONS = Path(__file__).parent / "migrations" / "versions"
APPLIED = table("alembic_version", column("version_num"))


class SchemaError(Exception):
    """The database's schema is not the one this version needs."""


@cache
def newest_revision() -> str:
    """Return the revision this version needs: files of revisions begin with their number."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


async def is_current(engine: AsyncEngine) -> bool:
    """Whether the schema is the newest; not so of an empty database.

    Raises:
        OSError: the database does not answer.
    """
    async with engine.connect() as connection:
        try:
            return await connection.scalar(select(APPLIED.c.version_num)) == newest_revision()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return False


async def require_current(engine: AsyncEngine) -> None:
    """Make sure that the database answers and its schema is the newest.

    Raises:
        SchemaError: it is older, newer or empty.
        OSError: the database does not answer.
    """
    if not await is_current(engine):
        raise SchemaError("The database has another schema than this version needs. Run `groundwork migrate`.")
