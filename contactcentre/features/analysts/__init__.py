"""Files for analysts: what reports are made of, by month, as Parquet, without anybody's data."""
