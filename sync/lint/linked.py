"""Addresses of dashboards, and what all those of a run say of one that leads to no dashboard among the files.

Alone it says nothing: other dashboards may be elsewhere. That one should be here is told by what is nearly its uid, by
its title, or by other links that lead to dashboards among the files from where it leads to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sync.lint.dashboard import Dashboard
from sync.lint.misspelling import is_a_letter_apart, is_plural, is_swapped, letters_apart
from sync.lint.problem import Severity

_ADDRESS = re.compile(
    r"/d(?:-solo)?/(?P<uid>[A-Za-z0-9_-]{2,42})(?=[/?#&\s\"'()<>\[\]|\\,;]|\.\s|\.?$)"
    r"(?:/(?P<slug>[\w-]+))?(?P<rest>[^\s\"'()<>\\]*)"
)
_PANEL = re.compile(r"[?&;](?:viewPanel|panelId|editPanel)=(?:panel-)?(\d+)(?!\w)")
_GIVEN = re.compile(r"[?&;]var-(\w+)=")
_PLACE = re.compile(r"https?://[^\s\"'\\()<>]*$")
_TEMPLATE = re.compile(r"\{\{.{0,500}?\}\}", re.DOTALL)
_MOST = 3 / 4
"""The share of links that find their dashboards from which one that doesn't is missed: three siblings of four, say."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a dashboard is said to be: `place` is what stands before `/d/`, '' for this Grafana; `panel` '' for all.

    `variables` are those that it is given values for.
    """

    uid: str
    place: str = ""
    slug: str = ""
    panel: str = ""
    variables: tuple[str, ...] = ()


def addresses(text: str) -> Iterator[Address]:
    """Find the addresses of dashboards in a text, those with a variable in the uid left out."""
    if "/d/" not in text and "/d-solo/" not in text:
        return
    text = _TEMPLATE.sub("{}", text)
    for found in _ADDRESS.finditer(text):
        place = _PLACE.search(text, max(0, found.start() - 200), found.start())
        given = tuple(dict.fromkeys(_GIVEN.findall(found["rest"])))
        yield Address(found["uid"], place[0] if place else "", found["slug"] or "", panel_of(found["rest"]), given)


def panel_of(query: str) -> str:
    """Return the number of the panel that an address leads to; '' for the whole dashboard."""
    found = _PANEL.search(query)
    return found[1] if found else ""


class Linked:
    """The uids that links of a run lead to, by place and by their first word; those back to the same page left out."""

    def __init__(self, dashboards: Mapping[str, list[Dashboard]]) -> None:
        self.dashboards = dashboards
        self._titles = {uid: {slug_of(each.title) for each in found} for uid, found in dashboards.items()}
        self._uids = [_Uid.of(uid) for uid in sorted(dashboards)]
        self._slips: dict[Address, str] = {}
        self._places: dict[str, set[str]] = {}
        self._families: dict[str, set[str]] = {}

    def add(self, text: str, own: Iterable[str] = ()) -> None:
        """Take the links of a file, which holds the dashboards `own`."""
        for address in addresses(text):
            if address.uid not in own:
                self._places.setdefault(address.place, set()).add(address.uid)
                self._families.setdefault(_family(address.uid), set()).add(address.uid)

    def missed(self, address: Address, title: str = "", own: str = "") -> tuple[str, Severity] | None:
        """Say that a dashboard is missing, and how surely; None where it may be elsewhere.

        `title` is the link's, `own` the dashboard that it stands in: links between siblings often carry its title.
        """
        uid, place = address.uid, self._share(self._places.get(address.place, set()))
        said = f"there is no dashboard with the uid {uid}"
        slip = self._slip(address)
        if slip:
            return f"{said}; did you mean {slip}?", Severity.ERROR
        same = self._titled(address.slug) or self._titled(title) or self._called(address.slug)
        if same and same != own:
            surely = not address.place or place > 0
            said += f"; did you mean {same} ({self.dashboards[same][0].title})?"
            return said, Severity.ERROR if surely else Severity.WARNING
        family = _family(uid)
        if family and self._share(self._families.get(family, set())) >= _MOST:
            return said, Severity.ERROR
        if place >= 1 / 2:
            return said, Severity.WARNING if place >= _MOST else Severity.INFO
        return None

    def _share(self, uids: set[str]) -> float:
        """Return the share of those among the files."""
        return len(uids & self.dashboards.keys()) / len(uids) if uids else 0

    def _titled(self, title: str) -> str:
        """Return the uid of the dashboard with a title, or slug, of two words or more: one is anybody's (Overview)."""
        slug = slug_of(title)
        if "-" not in slug:
            return ""
        return next((uid for uid, titles in self._titles.items() if slug in titles), "")

    def _called(self, slug: str) -> str:
        """Return the uid that is an address's slug of two words or more, perhaps with a word behind it."""
        words = slug_of(slug)
        return next((uid for uid in self._titles if f"{uid}-".startswith(f"{words}-")), "") if "-" in words else ""

    def _slip(self, address: Address) -> str:
        """Return the uid that another is a slip of, '' for none; most links of a run lead to few dashboards."""
        if address not in self._slips:
            uid, slug = _Uid.of(address.uid), slug_of(address.slug)
            self._slips[address] = next((known.text for known in self._uids if self._is_slip(uid, slug, known)), "")
        return self._slips[address]

    def _is_slip(self, uid: _Uid, slug: str, known: _Uid) -> bool:
        if abs(len(uid.text) - len(known.text)) > 2:
            return False
        if uid.plain == known.plain or _is_random_slip(uid, known):
            return True
        return _are_words_apart(uid.words, known.words) and not self._is_sibling(slug, known.text)

    def _is_sibling(self, slug: str, known: str) -> bool:
        """Whether an address has the title of another dashboard than the one whose uid is nearly the same."""
        return bool(slug) and all(letters_apart(slug, title) > 2 for title in self._titles[known])


def _family(uid: str) -> str:
    """Return the first word of several; '' for one, which may be anything."""
    word, separator, _ = re.sub("_", "-", uid).partition("-")
    return word if separator else ""


def slug_of(title: str) -> str:
    """Return a title as Grafana writes it into an address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


_HEXADECIMAL = re.compile(r"[0-9a-f-]{16,}")
_WORDS = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})+\d*")
_MIXED = re.compile(r"(?=.*[a-z]).*[A-Z].*")
_SMALL = re.compile(r"[a-z0-9]*\d[a-z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class _Uid:
    """A uid as it is compared: without dashes, by its words, and by what a machine makes, which no word is."""

    text: str
    plain: str
    words: list[str]
    is_hexadecimal: bool
    is_random: bool
    is_mixed: bool
    is_small: bool

    @classmethod
    def of(cls, uid: str) -> _Uid:
        words = re.split("[-_]", uid.lower())
        is_random = len(uid) >= 8 and not _WORDS.fullmatch(uid)
        return cls(
            uid,
            "".join(words),
            words,
            is_hexadecimal=_HEXADECIMAL.fullmatch(uid) is not None,
            is_random=is_random,
            is_mixed=is_random and _MIXED.fullmatch(uid) is not None,
            is_small=is_random and _SMALL.fullmatch(uid) is not None,
        )


def _is_random_slip(uid: _Uid, known: _Uid) -> bool:
    """Whether two are nearly alike that a machine made, which are never so by chance."""
    if (uid.is_hexadecimal and known.is_hexadecimal) or (uid.is_mixed and known.is_mixed):
        return letters_apart(uid.text, known.text) <= 2
    return uid.is_random and known.is_small and letters_apart(uid.text, known.text) == 1


def _are_words_apart(ours: list[str], theirs: list[str]) -> bool:
    """Whether the words differ by a letter each, or a long one by two; a number is another one, and no slip."""
    if len(ours) != len(theirs):
        return False
    differing = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    return len(differing) <= 2 and all(_is_word_slip(one, other, alone=len(differing) == 1) for one, other in differing)


def _is_word_slip(one: str, other: str, *, alone: bool) -> bool:
    shortest = min(len(one), len(other))
    if not other.isalpha() or one[:1].isdigit() or one[-1:].isdigit():
        return False
    if is_plural(one, other) or (shortest >= 4 and is_swapped(one, other)):
        return True
    if shortest >= 5 and is_a_letter_apart(one, other):
        return True
    return alone and shortest >= 8 and one[0] == other[0] and letters_apart(one, other) <= 2
