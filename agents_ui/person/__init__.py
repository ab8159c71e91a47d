"""What is known of a citizen: given out, and erased."""
