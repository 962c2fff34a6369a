"""A phone that decides by the compiled table alone: plain JSON in, plain JSON out, nothing of the server's code."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MAY = {
    "none": set(),
    "client": {"client"},
    "therapist": {"therapist", "prescriber"},
    "prescriber": {"prescriber"},
}
DAYS = ("due", "birth", "loss", "caesarean", "surgery")


def decide(table: dict[str, Any], known: set[str], person: dict[str, Any], at: str) -> dict[str, Any]:
    """Answer as `groundwork conformance suitability` does. `known`: the flags the phone knows."""
    now = datetime.fromisoformat(at)
    flags = flags_of(table, known, person, now)
    hot = {place for place, rule in enumerate(table["rules"]) if rule["flag"] in flags}
    return {slug: _one(table, slug, hot, person) for slug in table["exercises"]}


def flags_of(table: dict[str, Any], known: set[str], person: dict[str, Any], now: datetime) -> set[str]:
    given = set(person["flags"]) if "flags" in person else {"unscreened"}
    flags = {flag if flag in known else "unscreened" for flag in given}
    zone = ZoneInfo(person.get("zone", "UTC"))
    clock = table["clock"]
    data = datetime.fromisoformat(person["as_of"]) if "as_of" in person else now
    wrong = now < data - timedelta(seconds=clock["behind_s"]) or now > data + timedelta(days=clock["ahead_days"])
    for occasion in _occasions(person.get("dates", {}), clock):
        for window in table["windows"]:
            if window["since"] not in occasion:
                continue
            on = _running(window, occasion, now, zone)
            unsure = window.get("unsure", True)
            limit = clock["ahead"].get(window["since"])
            if unsure and limit is not None and not _ended(window, occasion, now, zone):
                start = occasion[window["since"]]
                unit = 24 if isinstance(start, datetime) else 1
                on = on or _since(start, now, zone) < -limit * unit
            if wrong:
                on = on or _running(window, occasion, data, zone)
                on = on or (unsure and not _over(window, occasion, data, zone))
            if on:
                flags.add(window["flag"])
    return flags | {more for flag in flags for more in table["implies"].get(flag, ())}


def _occasions(dates: dict[str, Any], clock: dict[str, Any]) -> list[dict[str, date]]:
    found: list[dict[str, date]] = [{kind: date.fromisoformat(dates[kind]) for kind in DAYS if kind in dates}]
    found += [{"trauma_work": datetime.fromisoformat(each)} for each in dates.get("trauma_work", ())]
    for dosing in dates.get("dosing", ()):
        start = datetime.fromisoformat(dosing["at"])
        release = start + timedelta(hours=clock["release_h"])
        if "discharged_at" in dosing:
            told = dosing["discharged_at"]
            late = start + timedelta(hours=clock["undischarged_h"])
            release = late if told is None else max(release, datetime.fromisoformat(told))
        found.append({"dosing": start, "release": release})
    return found


def _running(window: dict[str, Any], occasion: dict[str, date], now: datetime, zone: ZoneInfo) -> bool:
    begun = _since(occasion[window["since"]], now, zone) >= window.get("from", float("-inf"))
    return begun and not _over(window, occasion, now, zone)


def _over(window: dict[str, Any], occasion: dict[str, date], now: datetime, zone: ZoneInfo) -> bool:
    late = _since(occasion[window["since"]], now, zone) >= window.get("until", float("inf"))
    return late or _ended(window, occasion, now, zone)


def _ended(window: dict[str, Any], occasion: dict[str, date], now: datetime, zone: ZoneInfo) -> bool:
    for kind in window.get("before", ()):
        if kind in occasion and _since(occasion[kind], now, zone) >= 0:
            reach = window.get("reach")
            if reach is None or occasion[window["since"]] - timedelta(days=reach) <= occasion[kind]:
                return True
    return False


def _since(moment: date, now: datetime, zone: ZoneInfo) -> float:
    if isinstance(moment, datetime):
        return (now - moment) / timedelta(hours=1)
    return (now.astimezone(zone).date() - moment).days


def _one(table: dict[str, Any], slug: str, hot: set[int], person: dict[str, Any]) -> dict[str, Any]:
    exercise, rules = table["exercises"][slug], table["rules"]
    left_out = person.get("left_out", {})
    if {*left_out.get("properties", ())} & {*exercise["properties"]}:
        return _answer("exclude")
    if {*exercise["postures"]} <= {*left_out.get("postures", ())}:
        return _answer("exclude")
    places = hot.intersection(exercise["rules"]["medium"])
    if any(rules[place].get("variant") == "short" for place in places):
        places |= hot.intersection(exercise["rules"]["short"])
    places = {place for place in places if not _set_aside(rules[place], slug, person)}
    by: dict[str, list[int]] = {}
    for place in sorted(places):
        by.setdefault(rules[place]["action"], []).append(place)
    adapting = by.get("adapt", [])
    variants = {rules[place]["variant"] for place in adapting}
    lost = {name for pair in exercise["clashes"] if {*pair} <= variants for name in pair}
    failed = [place for place in adapting if place in exercise["unmet"] or rules[place]["variant"] in lost]
    if out := [*by.get("exclude", []), *by.get("restrict", []), *failed]:
        return _answer("exclude", out, rules)
    for action in ("approve", "adapt", "caution"):
        if by.get(action):
            return _answer(action, by[action], rules, variants if action == "adapt" else ())
    return _answer("as_is")


def _set_aside(rule: dict[str, Any], slug: str, person: dict[str, Any]) -> bool:
    by = {
        each["by"]
        for each in person.get("overrides", ())
        if each["rule"] == rule["id"] and each.get("exercise", slug) == slug
    }
    if rule["action"] == "approve":
        by |= {each["by"] for each in person.get("approvals", ()) if each["exercise"] == slug}
    return bool(by & MAY[rule["override"]])


def _answer(decision: str, places: Any = (), rules: Any = (), variants: Any = ()) -> dict[str, Any]:
    ids = sorted(rules[place]["id"] for place in places)
    return {"decision": decision, "variant": "+".join(sorted(variants)) or None, "rules": ids}
