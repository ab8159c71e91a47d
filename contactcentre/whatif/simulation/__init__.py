"""Invented days: who rings, who is there to answer, and what theory says of it."""
