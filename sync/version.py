"""The version of the tool, alone so that `dash-sync --version` imports nothing else."""

__version__ = "0.1.0"
