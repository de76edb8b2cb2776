"""Backups: a consistent copy of database and files while the house goes on, and its verified return.

A backup is one ZIP: ``manifest.json``, the database (a SQLite file, or one COPY text per PostgreSQL table) and the
files of ``HEARTH_HOME``. The manifest holds a checksum per table that does not depend on the order of rows, and one per
file, so that backup, restore and a second backup can be compared.
"""
