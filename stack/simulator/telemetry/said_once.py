"""A trouble that lasts is said once, not each second."""

import sys


class SaidOnce:
    """Says a trouble when it begins; what follows until it's over is the same trouble."""

    def __init__(self) -> None:
        self._said = False

    def say(self, words: str) -> None:
        """Say it to standard error, unless that was done."""
        if not self._said:
            self._said = True
            print(f"simulator: {words}", file=sys.stderr, flush=True)

    def over(self) -> None:
        """Note that all is well again."""
        self._said = False
