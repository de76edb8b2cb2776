"""Filters for messages and files."""
