"""Telephones made of software: citizens and desk phones for the demonstration and for tests."""
