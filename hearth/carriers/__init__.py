"""Carriers: outside platforms that carry talk. Identity links, delivery in and out, and importers of their archives.

A *carrier* is a platform (Matrix, WeCom, Slack); the built-in room is none. An *archive* is an export of a platform's
talk; an *importer* reads one format into the records of ``types``. Reading archives needs no Django and no database.
This module must not know what higher modules do with the talk: diagnosis, moderation, automation.
"""
