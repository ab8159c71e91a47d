"""The page on which the owner of a card answers what was asked about it, without a log-in."""
