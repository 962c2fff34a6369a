"""One client with two phones and a therapist, what was promised to them, and the laws that hold at rest."""

import random
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct
from support.lossy import RETRY_AFTER, Fate, Lossy, Tap
from support.phone import FEED, OUTBOX, Phone
from support.phone_line import LONGEST_WAIT, Erased, Offline, SignedOut
from support.phone_store import TAKEN, Key, key_of
from support.sync_house import Backup, House
from support.sync_model import VOIDABLE, Item, Model

from server.auth.schemas import Tokens

ZONE = "Europe/Berlin"
# The row limit of the phones' pulls, small enough that most have several pages.
PAGE = 3
# How often the phones try before they give up for now.
PATIENCE = 2
TOKEN_LIFE = timedelta(minutes=14)


class Moment(Struct):
    """A backup, and what the model knew when it was made."""

    backup: Backup
    model: Model


class Seen(Struct):
    """A cursor that was issued, and the rows at or below it then."""

    cursor: str
    rows: list[dict[str, Any]]


class World:
    """`fates` is what the network does next; when it is used up, everything is answered."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.model = Model()
        self.fates: list[Fate] = []
        # Facts of which a phone heard that they were taken, or that they were not.
        self.acknowledged: set[Key] = set()
        self.turned_away: set[Key] = set()
        self.practices: dict[str, str] = {}
        # The type of each fact that can be taken back; ids that a person wrote on a phone, those of them that no
        # server takes, and those that no phone wrote.
        self.written: set[str] = set()
        self.refused: set[str] = set()
        self.tangled: set[str] = set()
        self.seen: list[Seen] = []
        self.stale: list[str] = []
        self.moments: list[Moment] = []
        self.erased = self.restored = False
        self.requests = 0
        self.wire = Tap(house.transport(), self._judge)
        self.lossy = Lossy(self.wire, lambda: self.fates.pop(0) if self.fates else "answered")
        self.eyes = httpx.AsyncClient(transport=self.wire, base_url="http://clinic.test")
        self.network = httpx.AsyncClient(transport=Tap(self.lossy, self._note), base_url="http://clinic.test")
        self.phones = [
            Phone(self.network, wait=self._wait, dice=random.Random(seed), patience=PATIENCE)  # noqa: S311 - repeatable
            for seed in range(2)
        ]
        self.client: str
        self._tokens: Tokens | None = None
        self._looked_in_at = house.clinic.clock.now()

    async def begin(self) -> None:
        given = {"name": "Ana", "zone": ZONE}
        self.client = (await self.house.theo.post("/v1/clients", given))["id"]
        for phone in self.phones:
            phone.page = PAGE
            # Pairing anew, as phones do it, takes a third of a short story; later in one they do.
            phone.store.tokens = msgspec.to_builtins(await self.house.look_in(UUID(self.client)))
            phone.store.belong_to(self.client)

    async def pair(self, phone: Phone) -> None:
        code = (await self.house.theo.post(f"/v1/clients/{self.client}/pairing-codes"))["code"]
        # From an address of its own: where somebody has paired, a clock that goes back makes the next one wait.
        async with httpx.AsyncClient(transport=self.house.transport(), base_url="http://clinic.test") as elsewhere:
            phone.line.http = elsewhere
            await phone.pair(code, ZONE, organisation="clinic")
        phone.line.http = self.network

    async def _wait(self, seconds: float) -> None:
        assert 0 <= seconds <= LONGEST_WAIT + RETRY_AFTER

    def _judge(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Hear what the server answers, also when nobody else will."""
        assert answer.status_code < 500, "an error of the server"
        if request.url.path == OUTBOX and answer.status_code == httpx.codes.OK:
            self.model.judge_push(msgspec.json.decode(request.content)["items"], answer.json())

    def _note(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Hear what reached a phone: from then on it is promised."""
        self.requests += 1
        if request.url.path == OUTBOX and answer.status_code == httpx.codes.OK:
            items, results = msgspec.json.decode(request.content)["items"], answer.json()["results"]
            for item, result in zip(items, results, strict=True):
                heard = self.acknowledged if result["status"] in TAKEN else self.turned_away
                heard.add(key_of(item))

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Ask as the client, over a network that loses nothing, with a token of no phone."""
        now = self.house.clinic.clock.now()
        if self._tokens is None or not now - TOKEN_LIFE < self._looked_in_at <= now:
            self._tokens, self._looked_in_at = await self.house.look_in(UUID(self.client)), now
        return await self.eyes.request(method, path, headers=bearer(self._tokens), **given)

    async def rows(self, since: str | None = None, limit: int = 500) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the rows from a cursor to the head, and the last page."""
        rows, more, page = [], True, {}
        while more:
            given = {"limit": limit, **({"since": since} if since else {})}
            answer = await self.ask("GET", FEED, params=given)
            assert answer.status_code == httpx.codes.OK, answer.text
            page = answer.json()
            rows += page["items"]
            since, more = page["cursor"], page["has_more"]
        return rows, page

    async def pause(self, given: dict[str, Any], *, by_therapist: bool) -> bool:
        """Pause practice; whether it could be, beside the pauses there are."""
        if by_therapist:
            answer = await self.house.theo.ask("POST", f"/v1/clients/{self.client}/pauses", json=given)
        else:
            answer = await self.ask("POST", "/v1/me/pauses", json=given)
        assert answer.status_code < 400 or answer.status_code == httpx.codes.CONFLICT, answer.text
        if answer.is_success:
            self.model.documents[answer.json()["id"]] = answer.json()["revision"]
        return answer.is_success

    async def end_pause(self, key: str) -> None:
        answer = await self.ask("DELETE", f"/v1/me/pauses/{key}")
        assert answer.is_success, answer.text
        self.model.documents[key] = 0

    async def push(self, items: list[Item]) -> httpx.Response:
        return await self.ask("POST", OUTBOX, json={"schema": 1, "items": items})

    async def sync(self, phone: Phone) -> str:
        """Let a phone sync; return what came of it."""
        try:
            await phone.sync()
        except (Offline, SignedOut, Erased) as failed:
            return type(failed).__name__
        return "done"

    def write(self, which: int, item: Item) -> None:
        """Let somebody write on a phone."""
        self.phones[which].write(item)
        self.written.add(item["id"])
        if item["type"] in VOIDABLE:
            self.practices.setdefault(item["id"], item["type"])

    async def keep_moment(self) -> None:
        backup = await self.house.back_up(UUID(self.client))
        self.moments.append(Moment(backup=backup, model=deepcopy(self.model)))

    async def restore(self, moment: Moment) -> None:
        self._tokens = None
        await self.house.restore(UUID(self.client), moment.backup)
        self.stale += [each.cursor for each in self.seen]
        self.model, self.seen, self.restored = deepcopy(moment.model), [], True

    async def erase(self) -> None:
        tokens = await self.house.look_in(UUID(self.client))
        proof = {"refresh_token": tokens.refresh_token}
        await self.eyes.post("/v1/auth/step-up", json=proof, headers=bearer(tokens))
        answer = await self.eyes.delete("/v1/me", headers=bearer(tokens))
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text
        self.erased = True


def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access_token}"}
