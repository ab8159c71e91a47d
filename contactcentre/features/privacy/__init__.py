"""Personal data: kept for so long and no longer; given out, held and erased on a person's word."""
