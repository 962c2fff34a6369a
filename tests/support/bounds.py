"""Finds bounds of Structs that a published document does not tell, independently of how it was written."""

from collections.abc import Iterable
from typing import Any

from msgspec import inspect

WORDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": ("minLength", "minItems", "minProperties"),
    "max_length": ("maxLength", "maxItems", "maxProperties"),
    "pattern": "pattern",
}


def structs_within(types: Iterable[Any]) -> list[inspect.StructType]:
    """All Structs that values of these types are made of."""
    found: dict[type, inspect.StructType] = {}
    waiting: list[Any] = [inspect.type_info(each) for each in types]
    while waiting:
        info = waiting.pop()
        if isinstance(info, inspect.StructType):
            if info.cls not in found:
                found[info.cls] = info
                waiting += [field.type for field in info.fields]
        else:
            waiting += parts_of(info)
    return list(found.values())


def parts_of(info: inspect.Type) -> list[inspect.Type]:
    parts: list[inspect.Type] = []
    for name in info.__struct_fields__:
        value = getattr(info, name)
        parts += [each for each in (value if isinstance(value, tuple) else [value]) if isinstance(each, inspect.Type)]
    return parts


def bounds_within(info: inspect.Type) -> list[tuple[str, Any]]:
    """The bounds of a field, also those of its items, but not those of Structs within."""
    own = [(name, getattr(info, name, None)) for name in WORDS]
    inner = (
        []
        if isinstance(info, inspect.StructType)
        else [each for part in parts_of(info) for each in bounds_within(part)]
    )
    return [(name, value) for name, value in own if value is not None] + inner


def told_within(schema: Any) -> list[tuple[str, Any]]:
    if isinstance(schema, list):
        return [each for part in schema for each in told_within(part)]
    if not isinstance(schema, dict):
        return []
    return [(key, value) for key, value in schema.items() if not isinstance(value, dict | list)] + [
        each for part in schema.values() for each in told_within(part)
    ]


def missing_bounds(schemas: dict[str, Any], structs: Iterable[inspect.StructType]) -> list[str]:
    """`Struct.field: bound` of every bound that the schemas of these names do not tell."""
    missing = []
    for struct in structs:
        properties = schemas[struct.cls.__name__]["properties"]
        for field in struct.fields:
            told = told_within(properties[field.encode_name])
            for name, bound in bounds_within(field.type):
                # Python's end of text is written as ECMA-262's in the document.
                value = bound.replace("\\Z", "$") if isinstance(bound, str) else bound
                words = WORDS[name] if isinstance(WORDS[name], tuple) else (WORDS[name],)
                if not any((word, value) in told for word in words):
                    missing.append(f"{struct.cls.__name__}.{field.encode_name}: {name}")
    return missing
