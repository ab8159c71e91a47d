"""Recordings of talks: sealed when a talk is over, heard for a reason, deleted in time."""
