"""Who may log in, and with which roles: the administrators' pages."""
