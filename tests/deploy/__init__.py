"""What stands in deploy/ is tried as far as a test can."""
