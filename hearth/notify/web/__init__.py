"""Edges: what browsers ask of this module."""
