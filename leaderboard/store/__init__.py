"""The database and the folder behind a board; the only room that holds tables."""
