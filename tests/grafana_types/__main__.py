"""`python -m tests.grafana_types`: fetch @grafana/schema and derive the schemas; quick when nothing changed."""

from tests.grafana_types.schemas import derive

if __name__ == "__main__":
    print(derive())
