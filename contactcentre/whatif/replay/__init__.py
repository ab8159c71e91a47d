"""Recorded calls once more, in virtual time and under other rules."""
