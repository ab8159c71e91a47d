"""Recorded days under other rules, and invented days."""
