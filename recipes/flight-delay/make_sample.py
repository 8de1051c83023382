#!/usr/bin/env python3
"""Makes data/flights-60k.parquet: every 50th row of vega-datasets' flights-3m.parquet.

The rows of the source are in the order of `date`, so every 50th is spread evenly over all days and keeps the order.
Columns, their names, types and values are those of the source. Needs pyarrow (the committed file: 26.0.1); the same
version writes the same bytes.

usage: make_sample.py flights-3m.parquet data/flights-60k.parquet
"""
import hashlib
import sys

import pyarrow as pa
import pyarrow.parquet as pq

SOURCE_SHA256 = "dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0"
EVERY = 50


def main(source, target):
    with open(source, "rb") as file:
        if hashlib.sha256(file.read()).hexdigest() != SOURCE_SHA256:
            sys.exit(f"{source} is not flights-3m.parquet of vega-datasets 3.2.1")
    table = pq.read_table(source)
    sample = table.take(pa.array(range(0, table.num_rows, EVERY)))
    sample = sample.cast(
        pa.schema(
            [
                ("date", pa.timestamp("us")),
                ("delay", pa.int64()),
                ("distance", pa.int64()),
                ("origin", pa.string()),
                ("destination", pa.string()),
            ]
        )
    )
    pq.write_table(
        sample,
        target,
        compression="zstd",
        compression_level=19,
        row_group_size=sample.num_rows,
        use_dictionary=["delay", "distance", "origin", "destination"],
        column_encoding={"date": "DELTA_BINARY_PACKED"},
        store_schema=False,
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
