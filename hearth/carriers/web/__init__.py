"""Pages of carriers: archives brought in through the browser."""
