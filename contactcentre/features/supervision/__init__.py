"""What supervisors do with calls and agents, from the board."""
