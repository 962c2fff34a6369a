"""What a command says to an operator, and the settings it reads; nothing of the application is imported here."""

import os
import sys
from typing import NoReturn

from rich.console import Console

from server.settings import Settings, SettingsError, read_settings

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
