"""The database's history: one step per file in `versions`, oldest first."""
