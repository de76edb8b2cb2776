"""The diagnosis as one self-contained HTML file: no outside resource, good on a phone and on paper."""

from hearth.insight.queries.report.page import diagnosis_html

__all__ = ["diagnosis_html"]
