"""Running what a command has to wait for; problems become sentences."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from server.cli.console import stop
from server.db.roles import RoleError
from server.db.schema import SchemaError
from server.db.states import StateError
from server.kit.errors import Problem
from server.privacy.ledger import LedgerError
from server.settings import SettingsError

T = TypeVar("T")


class CommandError(Exception):
    """A command cannot do its work; the message is a sentence for the operator."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine and return its result; what it cannot do becomes a sentence."""
    try:
        return asyncio.run(work)
    except Problem as problem:
        stop(problem.detail)
    except (SchemaError, StateError, RoleError, CommandError, SettingsError, LedgerError) as error:
        stop(str(error))
    except (OSError, DBAPIError):
        stop("The database cannot be opened, or does not answer. Check DATABASE_URL, or `groundwork migrate` first.")
