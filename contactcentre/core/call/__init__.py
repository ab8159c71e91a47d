"""A call from its beginning to its record: the one table of transitions and its moves."""
