"""Pages and small answers of talk: the room, threads, questions, search, bookmarks, files."""
