"""A process that turns Vega-Lite into SVG: a specification a line in, an answer a line out, both JSON.

The converter takes a third of a second to start and holds Python's lock meanwhile; in a process of its own it starts
while the data is fetched. Run as a file, so that nothing of this package has to be imported.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer until the input ends: `{"svg": …}`, or `{"problem": …}` for what can't be drawn."""
    import vl_convert

    version = sys.argv[1]
    blank = {"width": 1, "height": 1, "data": {"values": [{}]}, "mark": "rect"}
    vl_convert.vegalite_to_svg(blank, vl_version=version)
    for line in sys.stdin:
        try:
            answer = {"svg": vl_convert.vegalite_to_svg(line, vl_version=version)}
        except ValueError as error:
            answer = {"problem": str(error)[:500]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
