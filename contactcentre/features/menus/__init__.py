"""Versions of menus, and what callers do in them."""
