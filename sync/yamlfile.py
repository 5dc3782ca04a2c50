"""YAML files checked by a JSON Schema, with the line of whatever is wrong."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jsonschema import ValidationError

Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(Exception):
    """What is wrong in a YAML text, and its line and column (from 1; 0 unknown)."""

    def __init__(self, what: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


class Document:
    """A parsed YAML text: its data, and the line of every part of it."""

    def __init__(self, text: str) -> None:
        """Parse `text`; raises YamlError where it is no YAML, or a key stands twice."""
        loader = Loader(text)
        try:
            self._node = loader.get_single_node()
            if self._node is not None:
                _refuse_doubled_keys(self._node)
            self.data: Any = loader.construct_document(self._node) if self._node is not None else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = error.problem or error.context or "it is no YAML"
            raise YamlError(
                f"not YAML: {what}", line=mark.line + 1 if mark else 0, column=mark.column + 1 if mark else 0
            ) from None
        except yaml.YAMLError as error:
            raise YamlError(f"not YAML: {error}") from None
        finally:
            loader.dispose()

    def line(self, path: Iterable[str | int], *, key: str | None = None) -> int:
        """Return the line of the value at `path`, or of `key` within it."""
        node = self._node
        best = 1
        for part in [*path, *([key] if key is not None else [])]:
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
                if pair is None:
                    break
                best, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                best = node.start_mark.line + 1
            else:
                break
        return int(best)

    def check(self, schema: dict[str, Any]) -> None:
        """Raise YamlError for the first thing that `schema` forbids, in the order of the file."""
        if _is_valid(schema, self.data):
            return
        import jsonschema  # explains what is wrong; importing it takes as long as all else that a check needs

        errors = jsonschema.Draft202012Validator(schema).iter_errors(self.data)
        problems = [self._problem(error) for error in errors]
        if problems:
            raise min(problems, key=lambda problem: (problem.line, problem.what))

    def _problem(self, error: ValidationError) -> YamlError:
        path: Sequence[str | int] = list(error.absolute_path)
        key = _unknown_key(error)
        return YamlError(_in_words(error, path, key), line=self.line(path, key=key))


def _is_valid(schema: dict[str, Any], data: Any) -> bool:
    from jsonschema_rs import is_valid

    try:
        return is_valid(schema, data)
    except ValueError:  # a value that JSON has no word for, as a date: jsonschema says where it stands
        return False


def _refuse_doubled_keys(node: Any) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if str(key.value) in seen:
                raise YamlError(f"{key.value!r} stands here and in line {seen[key.value]}", line=line)
            seen[str(key.value)] = line
            _refuse_doubled_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubled_keys(item)


def _unknown_key(error: ValidationError) -> str | None:
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        return next((str(key) for key in error.instance if key not in _known(error)), None)
    return None


def _known(error: ValidationError) -> list[str]:
    schema: Any = error.schema
    return list(schema.get("properties", {}))


KINDS = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "nothing",
}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": float, "boolean": bool}


def _in_words(error: ValidationError, path: Sequence[str | int], key: str | None) -> str:
    """Say what is wrong without showing the value, which may be a secret that was put into the wrong place."""
    name = ".".join(str(part) for part in path) or "the file"
    expected: Any = error.validator_value
    if key is not None:
        near = difflib.get_close_matches(key, _known(error), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(_known(error))}"
        return f"unknown key {key!r}" + (f" in {name}" if path else "") + f"; {hint}"
    instance: Any = error.instance
    words: dict[str, Callable[[], str]] = {
        "type": lambda: f"must be {KINDS[TYPES[expected]]}, not {KINDS.get(type(instance), type(instance).__name__)}",
        "required": lambda: f"lacks {next(part for part in expected if part not in instance)!r}",
        "dependentRequired": lambda: f"needs both or neither of {' and '.join(expected)}",
        "enum": lambda: f"must be one of {', '.join(map(str, expected))}",
        "pattern": lambda: f"must look like {expected}",
        "uniqueItems": lambda: "names something twice",
        "minimum": lambda: f"must be at least {expected}",
        "anyOf": lambda: f"must be {' or '.join(KINDS[TYPES[option['type']]] for option in expected)}",
    }
    said = words.get(str(error.validator))
    return f"{name} {said() if said else f'breaks the rule {error.validator}'}"
