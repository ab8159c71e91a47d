"""Quality: talks assessed by scorecards, what agents read of them, and scripted test calls."""
