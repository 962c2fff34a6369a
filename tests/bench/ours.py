"""Groundwork as an operator runs it: `groundwork serve` as a process on one core, set up by commands and over HTTP."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pyotp
from bench.cores import on_core
from bench.load import Make
from bench.wire import ZONE, asking, filled
from support.catalogue import ROOM, Folder
from support.clinic import PASSWORD
from support.server import groundwork, serving

EMAIL = "dana@clinic.example"
# 500 items are the most that an outbox may have, and 256 KiB.
MOST_AT_ONCE = 400
_ITEM = (
    '{{"id":"%s","op":"put","type":"completion","body":{{"exercise":"' + ROOM + '","exercise_version":1,'
    '"started_at":"{at}","zone":"' + ZONE + '","outcome":"completed","seconds":240,"target_seconds":240,'
    '"distress_before":6,"distress_after":4}}}}'
)


class Ours:
    """A clinic whose admin has signed in, with a second factor as `serve` wants it."""

    def __init__(self, http: httpx.Client) -> None:
        self.address = str(http.base_url).rstrip("/")
        self._http = http
        self._staff = ""
        self._staff = self._post("/v1/auth/sign-in", {"email": EMAIL, "password": PASSWORD})["access_token"]
        secret = self._post("/v1/account/second-factors/totp")["secret"]
        self._post("/v1/account/second-factors/totp/confirm", {"code": pyotp.TOTP(secret).now()})
        items = [{"exercise": ROOM, "recurrence": {"type": "daily"}}]
        self._set = self._post("/v1/practice-sets", {"title": "Every day", "items": items})["id"]

    def client(self, practised: Sequence[datetime]) -> str:
        """Let a client in who is to practise every day from the first of these moments on, and pair a phone."""
        return self.freely(practised, {"practice_set_id": self._set, "from": practised[0].date().isoformat()})

    def freely(self, practised: Sequence[datetime], assignment: dict[str, Any] | None = None) -> str:
        """Let a client in with this assignment or none: then each practice counts, however long ago."""
        client = f"/v1/clients/{self._post('/v1/clients', {'name': 'Ana', 'zone': ZONE})['id']}"
        if assignment:
            self._post(f"{client}/assignments", assignment)
        code = self._post(f"{client}/pairing-codes")["code"]
        token = str(self._post("/v1/auth/pair", {"code": code, "zone": ZONE})["access_token"])
        for first in range(0, len(practised), MOST_AT_ONCE):
            part = practised[first : first + MOST_AT_ONCE]
            answer = self._http.post(
                "/v1/me/outbox",
                content=filled(_outbox(part), len(part)),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            results = answer.raise_for_status().json()["results"]
            assert all(each["status"] == "stored" and each["counted"] for each in results)
        return token

    @staticmethod
    def reading(token: str) -> Make:
        return asking("GET", "/v1/me/streak", token)

    @staticmethod
    def pushing(token: str, practised: Sequence[datetime]) -> Make:
        return asking("POST", "/v1/me/outbox", token, _outbox(practised), len(practised))

    def _post(self, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._staff}"} if self._staff else {}
        answer = self._http.post(path, json=body, headers=headers)
        assert answer.is_success, f"{path}: {answer.text}"
        return dict(answer.json())


def _outbox(practised: Sequence[datetime]) -> str:
    items = ",".join(_ITEM.format(at=at.isoformat()) for at in practised)
    return f'{{"schema":1,"items":[{items}]}}'


@contextmanager
def serving_ours(database: Mapping[str, str], migrating: Mapping[str, str]) -> Iterator[Ours]:
    """Serve a new clinic; `database` are the settings that name an empty one, `migrating` those of its owner."""
    with TemporaryDirectory() as folder:
        environ = {"GROUNDWORK_DATA": f"{folder}/data", "GROUNDWORK_CONTENT": unspoken(Path(folder)), **database}
        _command("migrate", **environ, **migrating)
        _command("create-admin", "--email", EMAIL, "--name", "Dana", "--password", PASSWORD, **environ)
        with ExitStack() as stack:
            with on_core("server"):
                address = stack.enter_context(serving("serve", **environ))
            yield Ours(stack.enter_context(httpx.Client(base_url=address, timeout=60)))


def unspoken(folder: Path) -> str:
    """Return a catalogue that nobody has narrated: rendering it would take the core of the server for minutes."""
    content = Folder(folder, ROOM)
    content.replace(f"exercises/{ROOM}/en.md", "You can sit or stand.", "You can sit, or you can stand.")
    return str(content.path)


def _command(*arguments: str, **environ: str) -> None:
    done = groundwork(*arguments, **environ)
    assert done.returncode == 0, done.stderr
