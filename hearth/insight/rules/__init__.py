"""Pure rules of insight: no Django, no I/O, time passed in."""
