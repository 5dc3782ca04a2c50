"""`python -m tests.axe`: fetch it; quick when nothing changed."""

from tests.axe import script

if __name__ == "__main__":
    print(f"axe-core, {len(script()):,} characters")
