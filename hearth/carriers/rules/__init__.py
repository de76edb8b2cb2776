"""Pure functions of reading archives: encodings, JSON and tables in pieces, times, texts, and what counts as a sound
message.
"""
