"""`dash-sync` and `python -m sync`."""

import gc
import io
import os
import signal
import sys

from sync.cli import cli

INTERRUPTED = 130


def main() -> None:
    """Run the command line.

    SIGTERM, by which CI and schedulers end a job, is taken for Ctrl-C, and so is the end of a terminal where nohup
    doesn't shield from it.
    """
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a title may hold what the terminal's encoding lacks
    try:
        cli(prog_name="dash-sync")
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
        # The list is printed. A second Ctrl-C leaves requests under way, for whose threads Python would wait.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)
    finally:
        gc.freeze()  # before it ends, Python would look for cycles among all that was read


if __name__ == "__main__":
    main()
