from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from server.db.roles import grant

# Session-level, since a transaction-level lock is lost between migrations; the number is arbitrary and ours.
ADVISORY_LOCK = 7_236_041_905


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


async def migrate(engine: AsyncEngine, app_role: str | None = None) -> None:
    """Bring the schema to the newest revision; a second process waits for the first.

    On PostgreSQL the engine is the owner's, and `app_role` is granted what the application needs.
    """
    async with engine.execution_options(writes=True).connect() as connection:
        await connection.run_sync(_upgrade, app_role)


def _upgrade(connection: Connection, app_role: str | None) -> None:
    locks = connection.dialect.name == "postgresql"
    if locks:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if app_role:
        grant(connection, app_role)
    connection.commit()
    if locks:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
