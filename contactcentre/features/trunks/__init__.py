"""Trunks: the carriers' lines that people declare."""
