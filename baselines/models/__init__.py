"""The baselines, one a file, found by file name; each file defines `Model`."""
