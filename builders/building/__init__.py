"""From a family and a size to a config: rows made in blocks, in one process or many."""
