"""Who may log in: accounts, passwords, sessions."""
