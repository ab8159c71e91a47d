"""The page of the limits of calls."""
