A contract is drafted, and its own table satisfies it:

  $ flights 300 >t.csv
  $ mlsys data infer t.csv --target late -o c.json
  c.json: 4 fields from 300 rows of 't.csv'
  (blank)
  next:
    mlsys validate NEW --contract c.json
  $ cat c.json
  {
    "schema": "mlsys.contract/1",
    "fields": [
      {
        "name": "id",
        "type": "integer",
        "constraints": {
          "required": true
        }
      },
      {
        "name": "distance",
        "type": "integer",
        "constraints": {
          "required": true,
          "minimum": 126,
          "maximum": 2499
        },
        "severity": {
          "range": "warn"
        }
      },
      {
        "name": "origin",
        "type": "string",
        "constraints": {
          "required": true,
          "enum": [
            "ATL",
            "BOS",
            "DEN",
            "JFK",
            "ORD",
            "SFO"
          ]
        },
        "severity": {
          "enum": "warn"
        }
      },
      {
        "name": "late",
        "type": "integer",
        "constraints": {
          "required": true,
          "minimum": 0,
          "maximum": 1
        },
        "severity": {
          "range": "warn"
        }
      }
    ],
    "primaryKey": [
      "id"
    ],
    "roles": {
      "target": "late"
    }
  }
  $ mlsys validate t.csv --contract c.json --strict
  't.csv' against 'c.json': 300 rows, 14 checks
  pass: 14 hold, 0 violated, 0 warnings

Without -o the contract is the output:

  $ mlsys data infer t.csv --target late | diff - c.json
  $ mlsys data infer t.csv --target late -o - | diff - c.json; ls ./- 2>/dev/null
  [2]
  $ mlsys data infer t.csv --json | json schema fields.2.constraints.enum.0
  mlsys.contract/1
  ATL

A column that is not there:

  $ mlsys data infer t.csv --id idd
  2> error: cannot draft a contract of 't.csv': no column 'idd'
  2> hint: did you mean 'id'?
  2> usage: mlsys data infer DATA [options]
  [2]
