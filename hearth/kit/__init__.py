"""Plain Python that every room of the house may use: ids, clock, text, intervals. No Django here."""
