import re
from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, Final

import msgspec
from litestar.params import DependencyKwarg, KwargDefinition

REFERENCE: Final = "#/components/schemas/{name}"

Json = dict[str, Any]

_BOUNDS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
    "pattern": "pattern",
}
_TYPE_NAMES: Final = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schemas_of(annotations: Iterable[Any]) -> tuple[list[Json], Json]:
    """Return the schema of each type and the components they refer to, sorted by name.

    msgspec itself writes them, so every bound it enforces is there, also on optional fields.
    """
    schemas, components = msgspec.json.schema_components(tuple(annotations), ref_template=REFERENCE)
    return [repaired(schema) for schema in schemas], {name: repaired(components[name]) for name in sorted(components)}


def repaired(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema, down to its literals
    """Return a schema in the forms every client generator reads.

    Absent instead of null; `oneOf` for tagged unions; a type beside every enumeration.
    """
    if isinstance(schema, list):
        return [repaired(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: repaired(part) for key, part in schema.items() if not (key == "default" and part is None)}
    if isinstance(parts.get("description"), str):
        parts["description"] = cleandoc(parts["description"])
    if isinstance(parts.get("pattern"), str):
        # Python's end of text is ECMA-262's `$`, which is what a JSON Schema pattern is written in.
        parts["pattern"] = re.sub(r"\\Z$", "$", parts["pattern"])
    choices = parts.get("anyOf")
    if isinstance(choices, list):
        parts = _without_null(parts, choices)
    if "discriminator" in parts and "anyOf" in parts:
        parts["oneOf"] = parts.pop("anyOf")
    if isinstance(parts.get("enum"), list) and "type" not in parts:
        kinds = {_TYPE_NAMES.get(type(value)) for value in parts["enum"]}
        parts |= {"type": kinds.pop()} if len(kinds) == 1 else {}
    return parts


def _without_null(parts: Json, choices: list[Any]) -> Json:
    real = [choice for choice in choices if choice != {"type": "null"}]
    rest = {key: part for key, part in parts.items() if key != "anyOf"}
    if len(real) > 1:
        return rest | {"anyOf": real}
    return {**real[0], **rest}


def refuse_nulls(answered: Iterable[Any]) -> None:
    """Make sure that what is answered never holds null: generated clients disagree about what it means.

    Raises:
        TypeError: a field may be null; `X | UnsetType = UNSET` leaves it out instead.
    """
    _, components = msgspec.json.schema_components(tuple(answered), ref_template=REFERENCE)
    for name, component in components.items():
        for field, schema in component.get("properties", {}).items():
            if {"type": "null"} in schema.get("anyOf", ()):
                raise TypeError(f"{name}.{field} may be null in an answer: leave it out instead (UNSET).")


def bounds_of(definition: KwargDefinition | DependencyKwarg | None) -> Json:
    """Return what a parameter's definition bounds, in JSON Schema's words."""
    if not isinstance(definition, KwargDefinition):
        return {}
    found = {word: getattr(definition, name) for name, word in _BOUNDS.items()}
    bounds: Json = repaired({word: value for word, value in found.items() if value is not None})
    return bounds
