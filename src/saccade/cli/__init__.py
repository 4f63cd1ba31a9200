"""The command line; torch is imported inside the commands, never before `--help`."""

from saccade.cli.app import main

__all__ = ["main"]
