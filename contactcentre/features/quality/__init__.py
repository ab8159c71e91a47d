"""Quality: talks that chance has chosen, assessed by scorecards; and scripted test calls."""
