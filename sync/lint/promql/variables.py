"""Grafana's variables and macros stood in for, so that the PromQL around them can be parsed.

Inside strings a variable becomes ⟦name⟧, in a range a duration that no one would write, elsewhere a name; each is
found again in the parsed tree. Where the text moved is kept, so that a place in it can be shown in the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PATTERN = (
    r"\$\{(?P<braced>[A-Za-z_]\w*)(?:[.:][^}]*)?\}|\$(?P<plain>[A-Za-z_]\w*)|\[\[(?P<old>[A-Za-z_]\w*)(?::\w+)?\]\]"
)
_DOLLAR = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?:[.:][^}]*)?\}|([A-Za-z_]\w*))")
_OLD = re.compile(r"\[\[([A-Za-z_]\w*)(?::\w+)?\]\]")
"""The same in two: a pattern that begins with one character is searched for many times faster."""
VARIABLE = re.compile(_PATTERN)
"""`$name`, `${name}`, `${name:format}`, `${name.field}` and the old `[[name]]`."""

_TOKENS = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
    r"|(?P<variable>" + _PATTERN + ")"
    r"|(?P<open>[\[{(])|(?P<close>[\]})])|(?P<word>[A-Za-z_:][\w:]*)",
    re.DOTALL,
)
STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""", re.DOTALL)
_WINDOW = re.compile(r"\[\s*(\$__?\w+)\s*\]")
_DURATION_UNIT = re.compile(r"(?:ms|[smhdwy])(?![\w])")
_SENTINEL = 70_000_001
"""Seconds (2.2 years) that stand for the first variable of a range; the next one is a second more."""
STAND_IN = 70_000_001.5
"""The number that a variable becomes where the grammar wants a number."""
_NUMBER_FIRST = frozenset({"topk", "bottomk", "quantile", "limitk", "histogram_quantile", "vector"})
_FUNCTION_NEXT = re.compile(r"\s*(?:\(|(?:by|without)\b)", re.IGNORECASE)


@dataclass(slots=True)
class Substituted:
    """A text that Prometheus can parse, the variables it stood in for, and where the text moved."""

    text: str
    variables: list[str] = field(default_factory=list)
    structural: bool = False
    moves: list[tuple[int, int]] = field(default_factory=list)

    def original(self, offset: int) -> int:
        """Return the place in the original text of a place in this one."""
        shift = 0
        for start, moved in self.moves:
            if start > offset:
                break
            shift = moved
        return max(0, offset - shift)

    def window_variable(self, seconds: float) -> str:
        """Return the variable that a duration stands for, or ''."""
        index = int(seconds) - _SENTINEL
        return self.variables[index] if 0 <= index < len(self.variables) else ""


def names(text: str) -> set[str]:
    """Return the names of all variables in a text."""
    found = {braced or bare for braced, bare in _DOLLAR.findall(text)} if "$" in text else set[str]()
    return found.union(_OLD.findall(text)) if "[[" in text else found


def substitute(text: str, *, style: str = "name") -> Substituted:
    """Replace every variable; `style` (name, number, function, nothing) is what one outside of strings becomes."""
    if "$" not in text and "[[" not in text:
        return Substituted(text)
    return _Substitution(text, style).run()


def plain(text: str) -> Substituted | None:
    """Replace the variables of the usual text, where they stand in strings and ranges alone; None for another text.

    It is the same as `substitute` gives, several times faster, without the places.
    """
    if "$" not in text or "[[" in text or "#" in text:
        return Substituted(text) if "$" not in text and "[[" not in text else None
    variables: list[str] = []

    def window(found: re.Match[str]) -> str:
        variables.append(found[1])
        return f"[{_SENTINEL + len(variables) - 1}s]"

    replaced = _WINDOW.sub(window, STRING.sub(_in_string, text))
    return None if "$" in STRING.sub("", replaced) else Substituted(replaced, variables)


def _in_string(found: re.Match[str]) -> str:
    return VARIABLE.sub(_marked, found[0]) if "$" in found[0] else found[0]


def _marked(found: re.Match[str]) -> str:
    return f"⟦{found['braced'] or found['plain'] or found['old']}⟧"


class _Substitution:
    def __init__(self, text: str, style: str) -> None:
        self.text, self.style, self.result = text, style, Substituted(text)
        self.parts: list[str] = []
        self.position = 0
        self.length = 0
        self.brackets: list[str] = []
        self.word = ""

    def run(self) -> Substituted:
        position = 0
        while found := _TOKENS.search(self.text, position):
            position = max(found.end(), self._token(found))
        self._emit(self.text[self.position :])
        self.result.text = "".join(self.parts)
        return self.result

    def _token(self, found: re.Match[str]) -> int:
        kind = found.lastgroup or ""
        token = found[0]
        if kind == "string":
            for variable in VARIABLE.finditer(token):
                start = found.start() + variable.start()
                self._replace(start, start + len(variable[0]), _marked(variable))
        elif found["variable"]:
            return self._variable(found)
        elif kind == "open":
            self.brackets.append(token)
        elif kind == "close" and self.brackets:
            self.brackets.pop()
        elif kind == "word":
            self.word = token
        return found.end()

    def _variable(self, found: re.Match[str]) -> int:
        end = found.end()
        inside = self.brackets[-1] if self.brackets else ""
        name = "$" + (found["braced"] or found["plain"] or found["old"])
        index = len(self.result.variables)
        self.result.variables.append(name)
        if inside == "[" or self.word == "offset":
            unit = _DURATION_UNIT.match(self.text, end)
            end = unit.end() if unit else end
            self.word = ""
            if inside == "[" and self._follows_a_duration(found.start()):
                self._replace(found.start(), end, "")
                return end
            self._replace(found.start(), end, f"{_SENTINEL + index}s")
            return end
        if self.word in _NUMBER_FIRST and self.text[: found.start()].rstrip().endswith("("):
            self._replace(found.start(), end, str(STAND_IN))
            return end
        self.result.structural = True
        if inside == "{" and not re.match(r"\s*(?:=~|!~|!=|=)", self.text[end:]):
            self._replace(found.start(), end, f'xvar{index}x="x"')
        else:
            self._replace(found.start(), end, self._outside(found.start(), end, index))
        return end

    def _follows_a_duration(self, start: int) -> bool:
        """Whether it goes on a duration that a variable begins, as in [${hours}h${minutes}m]."""
        return start == self.position and bool(self.parts) and self.parts[-1].startswith(str(_SENTINEL)[:4])

    def _outside(self, start: int, end: int, index: int) -> str:
        touches = self.text[start - 1 : start], self.text[end : end + 1]
        joined = any(character.isalnum() or character in {"_", ":"} for character in touches if character)
        if joined or self.style == "name":
            return f"xvar{index}x"
        if self.style == "function" and _FUNCTION_NEXT.match(self.text, end):
            return "sum"
        return {"number": str(STAND_IN), "nothing": "", "function": f"xvar{index}x"}[self.style]

    def _replace(self, start: int, end: int, new: str) -> None:
        self._emit(self.text[self.position : start])
        self._emit(new)
        self.position = end
        self.result.moves.append((self.length, self.length - end))

    def _emit(self, piece: str) -> None:
        self.parts.append(piece)
        self.length += len(piece)
