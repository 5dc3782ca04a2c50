"""Rules made wrong on purpose, to see whether the tests that are made with them notice."""
