"""Rating as one expression in Ibis, on DuckDB here and on Spark where a site has outgrown one machine."""
