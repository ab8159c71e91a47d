"""Who looked at what, and why: rows that are added and never changed."""
