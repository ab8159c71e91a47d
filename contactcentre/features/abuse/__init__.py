"""The abuse list: whose calls are not taken, by pseudonym and for a time."""
