"""Reads of talk, by noun. Other modules import from here."""
