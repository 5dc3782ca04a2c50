"""`python -m tests.automation`: fetch the linters; quick when nothing changed."""

from tests.automation.linters import fetch

if __name__ == "__main__":
    print(fetch())
