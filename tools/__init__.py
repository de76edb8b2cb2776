"""Tools for those who develop Hearth; nothing here runs in an installation."""
