"""Hearth: the open, self-hosted system for operating communities."""

__version__ = "0.1.0"
