"""`python -m tests.grafana_grammars`: fetch the grammars; quick when nothing changed."""

from tests.grafana_grammars.grammars import fetch

if __name__ == "__main__":
    print(fetch())
