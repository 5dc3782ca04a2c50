"""`dash-sync` and `python -m sync`."""

from sync.cli import cli


def main() -> None:
    """Run the command line."""
    cli(prog_name="dash-sync")


if __name__ == "__main__":
    main()
