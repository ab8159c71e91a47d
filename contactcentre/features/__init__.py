"""A folder for everything that people look at or edit; the same file names in each."""
