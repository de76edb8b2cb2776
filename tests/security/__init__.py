"""Security checks that run with the quick suite: doors, canaries, forms, stored markup, headers, sessions."""
