"""The page of reports: a period, by what, the figures with their formulae, the calls beneath."""
