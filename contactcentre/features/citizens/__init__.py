"""What is known of the citizen who rings."""
