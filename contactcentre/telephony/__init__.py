"""Asterisk: the manager interface, the leash, translation, snapshots, configuration."""
