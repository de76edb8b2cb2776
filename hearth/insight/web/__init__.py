"""Pages of insight: the diagnosis of a community, and of an archive that was only looked at."""
