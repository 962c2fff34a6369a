"""Everything an operator can set, read once from the environment."""

from server.settings.model import Setting, Settings, SettingsError
from server.settings.reading import read_settings
from server.settings.table import SETTINGS
from server.settings.values import database_url

__all__ = ["SETTINGS", "Setting", "Settings", "SettingsError", "database_url", "read_settings"]
