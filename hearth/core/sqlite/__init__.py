"""Django's SQLite backend with the manners Hearth needs of it."""
