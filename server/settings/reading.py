from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from server.settings.model import Setting, Settings, SettingsError
from server.settings.table import PREFIX, SETTINGS
from server.settings.values import database_url

# What hosting providers set.
_ALIASES: Final = {"port": "PORT", "database_url": "DATABASE_URL"}
_LATE: Final = frozenset({"database_url", "content", "audio", "recordings", "erasures", "served_state"})
_CONTENT_OF_A_CHECKOUT: Final = Path(__file__).resolve().parents[2] / "content"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read every setting from an environment.

    Raises:
        SettingsError: with a sentence for everything that is wrong, not only for the first.
    """
    wrong = _unknown(environ)
    found: dict[str, Any] = {}
    for field, setting in SETTINGS.items():
        try:
            text = _given(environ, field, setting)
            found[field] = None if text is None else setting.read(text)
        except OSError:
            wrong.append(f"{_file(environ, field, setting)} must be a file that can be read.")
        except ValueError:
            wrong.append(f"{_named(environ, field, setting)} must be {setting.allowed}.")
    if not wrong:
        found = _completed(found, environ)
        wrong = _lacking(found)
    if wrong:
        raise SettingsError(wrong)
    return Settings(**found)


def _given(environ: Mapping[str, str], field: str, setting: Setting) -> str | None:
    """Return what is set for a field, or its default; None when the default depends on other settings."""
    if file := _file(environ, field, setting):
        return Path(environ[file]).read_text(encoding="utf-8").strip()
    return environ.get(_named(environ, field, setting), setting.default or (None if field in _LATE else ""))


def _file(environ: Mapping[str, str], field: str, setting: Setting) -> str:
    """Return the variable that names the file a secret is in, or nothing."""
    names = [f"{name}_FILE" for name in (setting.variable, _ALIASES.get(field, "")) if name and setting.secret]
    return next((name for name in names if name in environ), "")


def _named(environ: Mapping[str, str], field: str, setting: Setting) -> str:
    alias = _ALIASES.get(field, "")
    return alias if setting.variable not in environ and alias in environ else setting.variable


def _completed(found: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    data: Path = found["data"]
    late = {
        "database_url": database_url(str(data / "groundwork.db")),
        "content": _CONTENT_OF_A_CHECKOUT,
        "audio": data / "audio",
        "recordings": data / "recordings",
        "erasures": data / "erasures.jsonl",
        "served_state": data / "served-state",
    }
    whole = {field: late[field] if value is None else value for field, value in found.items()}
    return {**whole, "keys_file": _keys_file(whole, environ)}


def _keys_file(found: Mapping[str, Any], environ: Mapping[str, str]) -> Path | None:
    """Return the file the keys are in, which is read again when they are rotated."""
    if file := _file(environ, "keys", SETTINGS["keys"]):
        return Path(environ[file])
    beside = not found["keys"] and found["database_url"].startswith("sqlite")
    return found["data"] / "keys" if beside else None


def _lacking(found: Mapping[str, Any]) -> list[str]:
    wrong = []
    if not found["content"].is_dir():
        wrong.append(f"{PREFIX}CONTENT must be set: there is no catalogue beside the program.")
    if found["accel"] and not isinstance(found["audio"], Path):
        wrong.append(f"{PREFIX}ACCEL is for audio in a folder, and {PREFIX}AUDIO names a bucket.")
    return wrong


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = {setting.variable for setting in SETTINGS.values()}
    known |= {f"{setting.variable}_FILE" for setting in SETTINGS.values() if setting.secret}
    wrong = []
    for name in sorted(name for name in environ if name.startswith(PREFIX) and name not in known):
        close = get_close_matches(name.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in known], n=1)
        wrong.append(f"{name} is not a setting{f'; did you mean {PREFIX}{close[0]}?' if close else '.'}")
    return wrong
