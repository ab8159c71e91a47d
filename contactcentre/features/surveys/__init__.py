"""What callers think, counted by queue and day: nobody's answer is kept."""
