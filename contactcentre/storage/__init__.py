"""What lasts: the local journal, the database and the bridge between them."""
