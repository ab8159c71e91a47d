"""What citizens are sent of a service card: its link, or the list of documents."""
