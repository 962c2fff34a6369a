import re
from functools import lru_cache
from typing import Final

from server.web.coding import CODINGS, IDENTITY

JSON: Final = "application/json"
MESSAGEPACK: Final = "application/vnd.msgpack"
MEDIA_TYPES: Final = (JSON, MESSAGEPACK, "application/msgpack", "application/x-msgpack")

_QVALUE = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def _weights(header: str) -> dict[str, float]:
    """Return the weight of each member of a list with q-values (RFC 9110 12.4.2); a malformed weight counts as 0."""
    weights: dict[str, float] = {}
    for member in header.split(","):
        name, *parameters = (part.strip() for part in member.lower().split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = float(value) if _QVALUE.fullmatch(value.strip()) else 0.0
                break
        if name:
            weights[name] = weight
    return weights


@lru_cache(256)
def media_type(accept: str | None) -> str:
    """Choose the media type of an answer by `Accept` (RFC 9110 12.5.1): JSON unless MessagePack is liked better.

    When nothing we have is acceptable, JSON is sent all the same, as 12.4.1 allows: a 406 after a write that took
    place would tell a phone that its practice was not stored.
    """
    if accept is None:
        return JSON
    weights = _weights(accept)
    wildcard = weights.get("*/*", 0.0)
    ranked = [(weights.get(offer, weights.get("application/*", wildcard)), offer) for offer in MEDIA_TYPES]
    best, chosen = max(ranked, key=lambda ranked_offer: ranked_offer[0])
    return chosen if best > 0 else JSON


@lru_cache(256)
def content_encoding(accept_encoding: str | None) -> str:
    """Choose the content coding by `Accept-Encoding` (RFC 9110 12.5.3): what is liked best, of those the smallest.

    Identity is sent even when refused, because there is nothing else to send. `*` stands for gzip, which every caller
    that writes it has been able to read for as long as there is the field.
    """
    if accept_encoding is None:
        return IDENTITY
    weights = _weights(accept_encoding)
    liked = {
        "br": weights.get("br", 0.0),
        "zstd": weights.get("zstd", 0.0),
        "gzip": weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))),
        IDENTITY: weights.get(IDENTITY, 0.0),
    }
    best = max(CODINGS, key=lambda coding: liked[coding])
    return best if liked[best] > 0 else IDENTITY
