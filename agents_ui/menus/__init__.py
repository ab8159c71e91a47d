"""Menus: what callers hear and where their keys lead, by version; tried, changed and put back."""
