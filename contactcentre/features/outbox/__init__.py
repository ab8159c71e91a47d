"""What leaves the house: mail, webhooks and text messages, sent from a table."""
