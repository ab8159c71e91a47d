"""What people edit, checked as a whole and brought into force."""
