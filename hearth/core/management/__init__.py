"""Commands of Django that Hearth does in its own way."""
