"""Importers: one file per format, each registering itself in ``hearth.carriers.registry``."""
