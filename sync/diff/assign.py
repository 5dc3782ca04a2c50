"""Who belongs to whom: the pairing of two lists that costs least."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST_EXACT = 80


def pair(candidates: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return the pairs that agree most, from (left, right, likeness) of those that may be pairs at all.

    Each left and right is in one pair at most. Exact for groups of up to 80 a side, greedy beyond.
    """
    found: list[tuple[int, int]] = []
    for group in _groups(list(candidates)):
        lefts = sorted({left for left, _, _ in group})
        rights = sorted({right for _, right, _ in group})
        if len(lefts) == 1 or len(rights) == 1 or max(len(lefts), len(rights)) > LARGEST_EXACT:
            found += _greedy(group)
        else:
            found += _exact(group, lefts, rights)
    return sorted(found)


def _groups(candidates: list[tuple[int, int, float]]) -> list[list[tuple[int, int, float]]]:
    """Split candidates into groups that share no left and no right."""
    leader: dict[tuple[str, int], tuple[str, int]] = {}

    def lead(node: tuple[str, int]) -> tuple[str, int]:
        while leader.setdefault(node, node) != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for left, right, _ in candidates:
        leader[lead(("left", left))] = lead(("right", right))
    groups: dict[tuple[str, int], list[tuple[int, int, float]]] = {}
    for candidate in candidates:
        groups.setdefault(lead(("left", candidate[0])), []).append(candidate)
    return list(groups.values())


def _greedy(group: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    lefts: set[int] = set()
    rights: set[int] = set()
    found = []
    for left, right, _ in sorted(group, key=lambda item: (-item[2], abs(item[0] - item[1]), item[0])):
        if left not in lefts and right not in rights:
            lefts.add(left)
            rights.add(right)
            found.append((left, right))
    return found


def _exact(group: list[tuple[int, int, float]], lefts: list[int], rights: list[int]) -> list[tuple[int, int]]:
    swapped = len(lefts) > len(rights)
    rows, columns = (rights, lefts) if swapped else (lefts, rights)
    likeness = {((right, left) if swapped else (left, right)): value for left, right, value in group}
    cost = [[-likeness.get((row, column), 0.0) for column in columns] for row in rows]
    chosen = [(rows[i], columns[j]) for i, j in enumerate(_hungarian(cost)) if (rows[i], columns[j]) in likeness]
    return [(column, row) for row, column in chosen] if swapped else chosen


def _hungarian(cost: Sequence[Sequence[float]]) -> list[int]:
    """Return the column of each row in the cheapest assignment; there are at least as many columns as rows.

    The Hungarian method with potentials, O(rows² × columns); row and column 0 are its working space.
    """
    state = _Potentials(cost)
    for row in range(1, len(cost) + 1):
        state.admit(row)
    columns = {row: column - 1 for column, row in enumerate(state.row_at) if column and row}
    return [columns[row] for row in range(1, len(cost) + 1)]


class _Potentials:
    """The dual prices of rows and columns, and which row stands at each column so far."""

    def __init__(self, cost: Sequence[Sequence[float]]) -> None:
        self.cost = cost
        self.width = len(cost[0])
        self.of_row = [0.0] * (len(cost) + 1)
        self.of_column = [0.0] * (self.width + 1)
        self.row_at = [0] * (self.width + 1)

    def admit(self, row: int) -> None:
        """Give a row its column, moving others along the cheapest way to a free one."""
        self.row_at[0] = row
        came_from = [0] * (self.width + 1)
        least, done = [float("inf")] * (self.width + 1), [False] * (self.width + 1)
        column = 0
        while True:
            done[column] = True
            column = self._step(column, least, done, came_from)
            if self.row_at[column] == 0:
                break
        while column:
            self.row_at[column] = self.row_at[came_from[column]]
            column = came_from[column]

    def _step(self, column: int, least: list[float], done: list[bool], came_from: list[int]) -> int:
        """Reach the next cheapest column from a reached one, and bring the prices in line."""
        row = self.row_at[column]
        open_columns = [other for other in range(1, self.width + 1) if not done[other]]
        for other in open_columns:
            reduced = self.cost[row - 1][other - 1] - self.of_row[row] - self.of_column[other]
            if reduced < least[other]:
                least[other], came_from[other] = reduced, column
        following = min(open_columns, key=least.__getitem__)
        step = least[following]
        for other in range(self.width + 1):
            if done[other]:
                self.of_row[self.row_at[other]] += step
                self.of_column[other] -= step
            else:
                least[other] -= step
        return following
