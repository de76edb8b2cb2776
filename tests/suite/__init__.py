"""The machinery of the tests themselves: what all others stand on must not deceive."""
