"""The format of a data set: columns, Parquet, manifest, index, checks of arrays."""
