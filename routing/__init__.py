"""Automatic call distribution, pure: who may answer which call, and who is next."""
