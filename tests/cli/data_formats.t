What files of other programs hold, and how they may be named.

Decimals without a fraction are whole numbers as long as all of them fit into 64 bits (written by pyarrow):

  $ mlsys data profile $DATA/parquet/decimals.parquet --json | json columns.0.type columns.1.type columns.2.type columns.3.type
  integer
  integer
  text
  real
  $ mlsys data profile $DATA/parquet/decimals.parquet --json | json columns.1.min columns.1.max
  -9223372036854775808
  9223372036854775807
