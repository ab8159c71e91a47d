"""The page of trunks."""
