"""The console's own pages, one subject a file. Pages that belong to one module live in that module's ``web``."""
