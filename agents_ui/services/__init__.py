"""The cards of services, to be read and found."""
