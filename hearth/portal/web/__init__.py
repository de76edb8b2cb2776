"""Home, groups, the way in, and what makes the portal an app on a phone."""
