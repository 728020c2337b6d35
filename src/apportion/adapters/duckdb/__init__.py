"""Parquet files, written by DuckDB."""
