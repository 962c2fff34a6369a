"""The walk in the README, read as a shell would read it and played against an application."""

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
from msgspec import Struct

ANY = "…"
NOW = "$(date -u +%FT%TZ)"


class Line(Struct, frozen=True, kw_only=True):
    """One command of the walk and the answer that is shown below it, if any."""

    command: str
    shown: str


def walk_of(markdown: str) -> list[Line]:
    """Return the commands of the only `console` block; a command goes on until its quotes are closed."""
    (block,) = re.findall(r"^```console\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return [_line(part) for part in block.removeprefix("$ ").split("\n$ ")]


def _line(part: str) -> Line:
    rows = part.strip().split("\n")
    for count in range(1, len(rows) + 1):
        command = "\n".join(rows[:count])
        try:
            shlex.split(command)
        except ValueError:
            continue
        return Line(command=command, shown="".join(rows[count:]))
    raise ValueError(f"A quote is never closed: {part}")


async def play(http: httpx.AsyncClient, walk: list[Line], now: datetime) -> list[str]:
    """Send every request of a walk; return where an answer is not what is shown."""
    variables: dict[str, str] = {}
    shown: Any = None
    answer: Any = None
    wrong: list[str] = []
    for line in walk:
        if line.command.startswith("curl "):
            answer, shown = await _send(http, expanded(line.command, variables)), read_shown(line.shown)
            wrong += differences(shown, answer, line.command.split("\n")[0])
        else:
            name, _, value = line.command.partition("=")
            variables[name] = _value(value, shown, answer, now)
    return wrong


def expanded(command: str, variables: dict[str, str]) -> str:
    """Put variables in their places, and not between single quotes."""
    return re.sub(r"'[^']*'|\$(\w+)", lambda found: variables[found[1]] if found[1] else found[0], command)


async def _send(http: httpx.AsyncClient, command: str) -> Any:
    curl = argparse.ArgumentParser("curl")
    curl.add_argument("url")
    curl.add_argument("-H", dest="headers", action="append", default=[])
    curl.add_argument("-X", dest="method")
    curl.add_argument("--json")
    given = curl.parse_args(shlex.split(command)[1:])
    headers = dict(header.split(": ", 1) for header in given.headers)
    if given.json:
        headers |= {"Content-Type": "application/json", "Accept": "application/json"}
    method = given.method or ("POST" if given.json else "GET")
    response = await http.request(method, given.url, headers=headers, content=given.json)
    return response.json()


def _value(text: str, shown: Any, answer: Any, now: datetime) -> str:
    if text == NOW:
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")
    (value,) = shlex.split(text)
    for copied in re.findall(rf"\S*{ANY}\S*", value):
        (field,) = (name for name, each in shown.items() if each == copied)
        value = value.replace(copied, answer[field])
    return value


def read_shown(text: str) -> Any:
    """Read a shown answer; `…` at the end of an object or a list stands for whatever else is there."""
    text = re.sub(rf",\s*{ANY}\s*\}}", f', "{ANY}": "{ANY}"}}', text)
    return json.loads(re.sub(rf",\s*{ANY}\s*\]", f', "{ANY}"]', text))


def differences(shown: Any, real: Any, where: str) -> Iterator[str]:
    """Yield where an answer is not of the shown shape, or has another value where one is shown."""
    if isinstance(shown, dict) and isinstance(real, dict):
        names = shown.keys() - {ANY}
        if (missing := names - real.keys()) or (ANY not in shown and real.keys() - names):
            yield f"{where}: {sorted(missing) or sorted(real.keys() - names)}"
        for name in names & real.keys():
            yield from differences(shown[name], real[name], f"{where} {name}")
    elif isinstance(shown, list) and isinstance(real, list):
        more = shown[-1:] == [ANY]
        if len(shown) != len(real) and not (more and len(real) >= len(shown) - 1):
            yield f"{where}: {len(real)} items"
        for position, (one, other) in enumerate(zip(shown[: len(shown) - more], real, strict=False)):
            yield from differences(one, other, f"{where}[{position}]")
    elif not _fits(shown, real):
        yield f"{where}: {real!r} is not {shown!r}"


def _fits(shown: Any, real: Any) -> bool:
    if isinstance(shown, str) and isinstance(real, str):
        return re.fullmatch(".+".join(map(re.escape, shown.split(ANY))), real, re.DOTALL) is not None
    return type(shown) is type(real) and bool(shown == real)
