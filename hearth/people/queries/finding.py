"""Finding members by words, with an index: 100,000 of them are too many to read."""

from typing import Any

from django.db.models import BooleanField, F, Func, Q

from hearth.kit.search_terms import is_cjk, lookup_query


class _HoldsTerms(Func):
    """Whether the member in the query at hand holds all terms."""

    output_field = BooleanField()  # type: ignore[assignment]

    def __init__(self, terms: list[str]) -> None:
        super().__init__(F("pk"), F("search_terms"))
        self.terms = terms

    def as_sqlite(self, compiler: Any, connection: Any, **_rest: Any) -> tuple[str, tuple[str | int, ...]]:
        """FTS5 over the column."""
        row, params = compiler.compile(self.source_expressions[0])
        match = " AND ".join(f'"{term}"' if is_cjk(term) else f'"{term}"*' for term in self.terms)
        found = f"{row} IN (SELECT rowid FROM people_member_search WHERE people_member_search MATCH %s)"
        return found, (*params, match)

    def as_postgresql(self, compiler: Any, connection: Any, **_rest: Any) -> tuple[str, list[Any]]:
        """The expression that the index of migration 0002 was made over, word for word."""
        row, params = compiler.compile(self.source_expressions[1])
        match = " & ".join(f"'{term}'" if is_cjk(term) else f"'{term}':*" for term in self.terms)
        return f"array_to_tsvector(string_to_array({row}, ' ')) @@ CAST(%s AS tsquery)", [*params, match]


def found_by(query: str) -> Q:
    """The condition on members whose names, hospital or department hold every word: the beginning of one, or any part
    of a Chinese one. Nobody where the query has no word.
    """
    terms = lookup_query(query)
    return Q(_HoldsTerms(terms)) if terms else Q(pk__in=[])
