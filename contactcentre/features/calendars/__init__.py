"""Opening hours and the days that the law gives."""
