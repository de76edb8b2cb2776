"""The house put together: settings, URLs, the supervisor of the three processes, and the demo community."""
