"""Pure rules of blueprints: reading, checking, planning, writing."""
