"""The 20 checks of validate.py in pandera or Great Expectations: validate_peer.py TOOL DATA.csv CHECKS.json

Reads the table with pandas, checks it, prints the number of checks that fail. What is timed is the whole process."""
import json
import sys
import warnings

warnings.simplefilter("ignore")
import pandas as pd

tool, path, checks_path = sys.argv[1:]
if tool == "great_expectations":
    # Its check of types does not know pandas' type of text and fails every such column; of objects it looks at the values.
    pd.options.future.infer_string = False
with open(checks_path, encoding="utf-8") as file:
    checks = json.load(file)
times = sorted({c["column"] for c in checks if c["check"] == "type" and c["type"] in ("date", "datetime")})
table = pd.read_csv(path, parse_dates=times, keep_default_na=False, na_values=[""])


def dtype_holds(series, kind):
    if kind == "string":
        return series.dtype == object or pd.api.types.is_string_dtype(series)
    if kind in ("date", "datetime"):
        return pd.api.types.is_datetime64_any_dtype(series)
    if kind == "integer":
        return pd.api.types.is_integer_dtype(series) or bool((series.dropna() % 1 == 0).all())
    return pd.api.types.is_numeric_dtype(series)


def with_pandera():
    import pandera.pandas as pa

    columns, table_checks = {}, []
    for check in checks:
        kind, name = check["check"], check.get("column")
        if kind == "rows":
            table_checks.append(pa.Check(lambda frame, least=check["minimum"]: len(frame) >= least))
            continue
        column = columns.setdefault(name, {"checks": [], "nullable": True, "unique": False})
        if kind == "type":
            column["checks"].append(pa.Check(lambda series, wanted=check["type"]: dtype_holds(series, wanted)))
        elif kind == "required":
            if "tolerance" in check:
                table_checks.append(pa.Check(lambda f, n=name, t=check["tolerance"]: f[n].isna().mean() <= t))
            else:
                column["nullable"] = False
        elif kind == "unique":
            column["unique"] = True
        elif kind == "range":
            column["checks"].append(pa.Check.in_range(check["minimum"], check["maximum"]))
        elif kind == "enum":
            column["checks"].append(pa.Check.isin(check["values"]))
        elif kind == "pattern":
            column["checks"].append(pa.Check.str_matches(f"^(?:{check['pattern']})$"))
        elif kind == "length":
            column["checks"].append(pa.Check.str_length(check["minimum"], check["maximum"]))
        elif kind == "mean":
            table_checks.append(pa.Check(lambda f, c=check: c["minimum"] <= f[c["column"]].mean() <= c["maximum"]))
    schema = pa.DataFrameSchema({name: pa.Column(None, **rest) for name, rest in columns.items()}, checks=table_checks)
    try:
        schema.validate(table, lazy=True)
        return 0
    except pa.errors.SchemaErrors as errors:
        return len(errors.schema_errors)


def with_great_expectations():
    import great_expectations as gx
    import great_expectations.expectations as gxe

    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    suite = gx.ExpectationSuite(name="s")
    for check in checks:
        kind, name = check["check"], check.get("column")
        if kind == "rows":
            suite.add_expectation(gxe.ExpectTableRowCountToBeBetween(min_value=check["minimum"], max_value=None))
        elif kind == "type":
            known = {"string": ["object", "str", "string"], "integer": ["int64", "float64"], "number": ["float64"],
                     "date": ["datetime64[ns]", "datetime64[us]", "datetime64[s]"],
                     "datetime": ["datetime64[ns]", "datetime64[us]", "datetime64[s]"]}
            suite.add_expectation(gxe.ExpectColumnValuesToBeInTypeList(column=name, type_list=known[check["type"]]))
        elif kind == "required":
            suite.add_expectation(gxe.ExpectColumnValuesToNotBeNull(column=name, mostly=1 - check.get("tolerance", 0)))
        elif kind == "unique":
            suite.add_expectation(gxe.ExpectColumnValuesToBeUnique(column=name))
        elif kind == "range":
            suite.add_expectation(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=check["minimum"], max_value=check["maximum"]))
        elif kind == "enum":
            suite.add_expectation(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=check["values"]))
        elif kind == "pattern":
            suite.add_expectation(gxe.ExpectColumnValuesToMatchRegex(column=name, regex=f"^(?:{check['pattern']})$"))
        elif kind == "length":
            suite.add_expectation(gxe.ExpectColumnValueLengthsToBeBetween(column=name, min_value=check["minimum"], max_value=check["maximum"]))
        elif kind == "mean":
            suite.add_expectation(gxe.ExpectColumnMeanToBeBetween(column=name, min_value=check["minimum"], max_value=check["maximum"]))
    result = batch.get_batch(batch_parameters={"dataframe": table}).validate(suite)
    return sum(not one.success for one in result.results)


print(with_pandera() if tool == "pandera" else with_great_expectations())
