"""What one person asks for and another approves, before it is done."""
