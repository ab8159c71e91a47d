"""Callers whose calls are not taken: the abuse list."""
