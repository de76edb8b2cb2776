"""Reads of insight. Import what you need from the submodules; they need no Django."""
