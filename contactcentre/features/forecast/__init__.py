"""What will ring, who is needed for it, and who is there: forecast, events and shifts."""
