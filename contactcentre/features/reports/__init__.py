"""Reports: what happened, counted. See decision 0035."""
