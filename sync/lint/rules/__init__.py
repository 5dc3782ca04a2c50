"""The rules, one a module: its docstring is the documentation, and its examples are run as tests."""
