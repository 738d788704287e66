"""Changes of the database's tables, one file a revision, applied when a store is opened."""
