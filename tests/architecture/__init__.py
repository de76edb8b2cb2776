"""What an import linter cannot see. Every rule comes with a small proof that it bites."""
