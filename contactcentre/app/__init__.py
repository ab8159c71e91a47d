"""The process: every part made, handed what it needs, and run."""
