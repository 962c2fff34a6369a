import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

from rich.console import Console
from sqlalchemy.exc import DBAPIError

from server.db.roles import RoleError
from server.db.schema import SchemaError
from server.db.states import StateError
from server.kit.errors import Problem
from server.privacy.ledger import LedgerError
from server.settings import Settings, SettingsError, read_settings

T = TypeVar("T")

say = Console(highlight=False, soft_wrap=True)
complain = Console(stderr=True, highlight=False, soft_wrap=True)


# A database of a command's own has keys of its own, too.
OF_A_DATABASE = {
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "GROUNDWORK_DATABASE_URL_FILE",
    "GROUNDWORK_OWNER_DATABASE_URL",
    "GROUNDWORK_OWNER_DATABASE_URL_FILE",
    "GROUNDWORK_KEYS",
    "GROUNDWORK_KEYS_FILE",
}


class CommandError(Exception):
    """A command cannot do its work; the message is a sentence for the operator."""


def stop(*sentences: str) -> NoReturn:
    """End the command with sentences for a person, on standard error."""
    for sentence in sentences:
        complain.print(sentence, markup=False)
    sys.exit(1)


def settings(**told: str) -> Settings:
    """Read the settings; what a command was told (`data="elsewhere"`) wins over the environment."""
    names = {f"GROUNDWORK_{name.upper()}": value for name, value in told.items()}
    hidden = {"PORT"} if "port" in told else set[str]()
    hidden |= OF_A_DATABASE if "database_url" in told else set()
    environ = {name: value for name, value in os.environ.items() if name not in hidden}
    try:
        return read_settings({**environ, **names})
    except SettingsError as error:
        stop(*error.sentences)


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
