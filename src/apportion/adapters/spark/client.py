"""Spark, local or a site's cluster: rates use by the same expression as DuckDB."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Self

from apportion.core.faults import WorldError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TYPES = {"string": "STRING", "int64": "BIGINT"}
CURE = "Install Java 17 and requirements/spark.lock, or use --engine duckdb"
SEPARATOR = "|"


class SparkEngine:
    """Runs the rating on Spark. Use as a context; `master` is `local[*]` or a cluster's address."""

    dialect = "pyspark"

    def __init__(self, *, master: str = "local[*]") -> None:
        self._spark = _start(master)
        self._kept: list[DataFrame] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for frame in self._kept:
            frame.unpersist()
        self._spark.stop()

    def read_records(
        self, paths: Sequence[str], *, fields: Sequence[str], has_header: bool
    ) -> None:
        """Opens the files as the table `records`; fields are cut here, for the CSV reader drops what is too many."""
        from pyspark.sql import functions as f

        lines = self._spark.read.text(list(paths))
        if has_header:
            first = self._spark.read.text(paths[0]).first()
            lines = lines.filter(f.col("value") != (first[0] if first else ""))
        lines = lines.filter(f.length(f.trim("value")) > 0)
        parts = f.split(f.col("value"), rf"\{SEPARATOR}", -1)
        cells = lines.select(f.col("value"), parts.alias("parts"))
        last = len(fields) - (2 if fields[-1] == "jobname" else 1)
        columns = [f.get("parts", f.lit(at)).alias(name) for at, name in enumerate(fields)]
        cells.select(
            *columns,
            f.get("parts", f.lit(last)).alias("last_cell"),
            (f.size("parts") > len(fields)).alias("is_misfit"),
        ).createOrReplaceTempView("records")
        cells.filter(f.size("parts") > len(fields)).createOrReplaceTempView("misfits")

    def put(
        self, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[object, ...]]
    ) -> None:
        """Makes a small table."""
        schema = ", ".join(f"`{column}` {TYPES[kind]}" for column, kind in columns)
        frame = self._spark.createDataFrame(list(rows), schema, verifySchema=False)
        frame.createOrReplaceTempView(name)

    def keep(self, name: str, query: str) -> None:
        """Makes a table of what a query gives, held in memory and on disk."""
        frame = self._spark.sql(query).persist()
        self._kept.append(frame)
        frame.createOrReplaceTempView(name)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Gives the rows of a query."""
        return [tuple(row) for row in self._spark.sql(query).collect()]

    def rows_read(self) -> int:
        """Counts the rows of `records`."""
        return self._spark.table("records").count()

    def misfits(self) -> list[str] | None:
        """Gives the lines with too many columns."""
        found = self._spark.sql("SELECT DISTINCT value FROM misfits").collect()
        return sorted(row[0] for row in found)


def _start(master: str) -> "SparkSession":
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise WorldError(f"pyspark is not installed. {CURE}", retryable=False) from None
    try:
        return (
            SparkSession.builder.master(master)
            .appName("apportion usage rate")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.ansi.enabled", "true")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
    except (PySparkException, OSError, RuntimeError) as error:
        raise WorldError(f"Spark did not start: {error}. {CURE}", retryable=False) from None
