"""A document checked against a JSON Schema of this package, each mistake said in the file's own words."""

from __future__ import annotations

import json
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from signals_lib.exact import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rules_lib.document import Document
    from rules_lib.errors import Problem

KINDS = {"object": "a mapping", "array": "a list", "string": "text", "number": "a number", "integer": "a whole number"}


def problems(document: Document, schema: str) -> Iterator[Problem]:
    """Yield what the schema (a file name in this package) finds wrong."""
    for error in _errors(schema, document.data):
        location = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = [*error.schema.get("properties", ())]
            for key in error.instance:
                if key not in known:
                    yield document.problem((*location, key), f"unknown key {key!r}", nearest(key, known))
        else:
            yield document.problem(location, _words(error), _description(error))


def nearest(wrong: str, known: list[str]) -> str:
    """Say which of the known words are right, the nearest first."""
    near = get_close_matches(wrong, known, n=1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"known are {', '.join(known)}"


def _errors(schema: str, data: Any) -> Iterator[Any]:
    """Errors as Any: jsonschema declares each of their fields as possibly unset, which none is that it yields."""
    rules = _schema(schema)
    if not _is_valid(rules, data):
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - 50 ms that only explaining a mistake needs

        yield from Draft202012Validator(rules).iter_errors(data)


def _is_valid(rules: dict[str, Any], data: Any) -> bool:
    from jsonschema_rs import is_valid  # noqa: PLC0415 - only reading a file needs it

    try:
        return is_valid(rules, data)
    except ValueError:  # a value that JSON has no word for, as a date: jsonschema says where it stands
        return False


@cache
def _schema(name: str) -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return rules


def _words(error: Any) -> str:
    if error.schema.get("writeOnly"):  # what stands there may be a secret
        return f"{_subject(error)}: what stands here is not of the form it must have"
    words = _WORDS.get(str(error.validator))
    return f"{_subject(error)}: {words(error) if words else error.message}"


def _subject(error: Any) -> str:
    if not error.absolute_path:
        return "the file"
    last = error.absolute_path[-1]
    if not isinstance(last, int):
        return str(last)
    name = error.instance.get("name") if isinstance(error.instance, dict) else None
    return f"entry {last + 1}" + (f" ({name})" if name else "")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return repr(value) if isinstance(value, str) else "nothing" if value is None else _number(value)


def _number(value: Any) -> str:
    return text(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else str(value).lower()


def _missing(error: Any) -> str:
    return f"{', '.join(repr(key) for key in error.validator_value if key not in error.instance)} is missing"


def _description(error: Any) -> str:
    return "" if error.validator == "required" else str(error.schema.get("description", ""))


_WORDS: dict[str, Callable[[Any], str]] = {
    "required": _missing,
    "type": lambda error: f"{_shown(error.instance)} is not {KINDS[str(error.validator_value)]}",
    "pattern": lambda error: f"{_shown(error.instance)} is not of the form it must have",
    "enum": lambda error: f"{_shown(error.instance)} is none of {', '.join(map(str, error.validator_value))}",
    "exclusiveMinimum": lambda error: f"{_shown(error.instance)} is not above {error.validator_value}",
    "exclusiveMaximum": lambda error: f"{_shown(error.instance)} is not below {error.validator_value}",
    "minimum": lambda error: f"{_shown(error.instance)} is below {error.validator_value}",
    "minLength": lambda _error: "is empty",
    "maxLength": lambda error: f"is longer than {error.validator_value} characters",
    "minItems": lambda _error: "is empty",
    "uniqueItems": lambda _error: "says an entry twice",
    "minProperties": lambda error: f"has {len(error.instance)} of at least {error.validator_value} keys",
    "maxProperties": lambda error: (
        f"has {len(error.instance)} keys ({', '.join(error.instance)}), {error.validator_value} at most"
    ),
    "anyOf": lambda error: f"{_shown(error.instance)} is neither text nor a list",
}
