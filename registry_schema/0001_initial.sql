-- Experiments, runs and registered models. Times are milliseconds since 1970 UTC. Metric values that are NaN are NULL.

-- Every write, by the id its caller gave it: a repeated one is found here and not done again.
CREATE TABLE operations (
  sequence INTEGER PRIMARY KEY,
  id       TEXT    NOT NULL UNIQUE,
  kind     TEXT    NOT NULL,
  request  INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  result   TEXT    NOT NULL
) STRICT;

-- The keys of parameters, metrics and tags, each once.
CREATE TABLE keys (
  id   INTEGER PRIMARY KEY,
  name TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE experiments (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  name      TEXT    NOT NULL UNIQUE,
  lifecycle TEXT    NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
  created   INTEGER NOT NULL,
  updated   INTEGER NOT NULL
) STRICT;

CREATE TABLE experiment_tags (
  experiment INTEGER NOT NULL REFERENCES experiments (id),
  key        INTEGER NOT NULL REFERENCES keys (id),
  value      TEXT    NOT NULL,
  PRIMARY KEY (experiment, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id     TEXT    NOT NULL UNIQUE,
  experiment INTEGER NOT NULL REFERENCES experiments (id),
  name       TEXT    NOT NULL,
  status     TEXT    NOT NULL CHECK (status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED')),
  lifecycle  TEXT    NOT NULL DEFAULT 'active' CHECK (lifecycle IN ('active', 'deleted')),
  deleted    INTEGER,
  start_time INTEGER NOT NULL,
  end_time   INTEGER,
  user       TEXT    NOT NULL,
  source     TEXT    NOT NULL,
  process    TEXT
) STRICT;
CREATE INDEX runs_by_start ON runs (lifecycle, start_time, id);
CREATE INDEX runs_by_experiment ON runs (experiment, lifecycle, start_time, id);

CREATE TABLE params (
  run   INTEGER NOT NULL REFERENCES runs (id),
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT    NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
  run   INTEGER NOT NULL REFERENCES runs (id),
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT    NOT NULL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_key ON tags (key, run);

-- Every point ever logged. `ordinal` is the operation's sequence times 2^20 plus the place within it: the order of
-- arrival, which keeps points apart that are equal in all else.
CREATE TABLE metrics (
  run     INTEGER NOT NULL REFERENCES runs (id),
  key     INTEGER NOT NULL REFERENCES keys (id),
  step    INTEGER NOT NULL,
  time    INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  value   REAL,
  PRIMARY KEY (run, key, step, time, ordinal)
) STRICT, WITHOUT ROWID;

-- What lists and searches need of each series, kept up to date by whatever adds points: the greatest (step, time,
-- value), the number of points, their extremes.
CREATE TABLE latest_metrics (
  run    INTEGER NOT NULL REFERENCES runs (id),
  key    INTEGER NOT NULL REFERENCES keys (id),
  value  REAL,
  step   INTEGER NOT NULL,
  time   INTEGER NOT NULL,
  points INTEGER NOT NULL,
  least  REAL,
  most   REAL,
  PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX latest_metrics_by_value ON latest_metrics (key, value, run);

CREATE TABLE datasets (
  id          INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL,
  digest      TEXT    NOT NULL,
  source_type TEXT    NOT NULL,
  source      TEXT    NOT NULL,
  schema      TEXT    NOT NULL,
  profile     TEXT    NOT NULL,
  UNIQUE (digest, name, source_type, source)
) STRICT;

CREATE TABLE inputs (
  run     INTEGER NOT NULL REFERENCES runs (id),
  dataset INTEGER NOT NULL REFERENCES datasets (id),
  context TEXT    NOT NULL,
  PRIMARY KEY (run, dataset, context)
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_dataset ON inputs (dataset, run);

CREATE TABLE artifacts (
  run     INTEGER NOT NULL REFERENCES runs (id),
  name    TEXT    NOT NULL,
  kind    TEXT    NOT NULL CHECK (kind IN ('file', 'bundle')),
  digest  TEXT    NOT NULL,
  bytes   INTEGER NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_digest ON artifacts (digest);

CREATE TABLE models (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT    NOT NULL UNIQUE,
  description TEXT    NOT NULL,
  created     INTEGER NOT NULL,
  updated     INTEGER NOT NULL
) STRICT;

CREATE TABLE model_tags (
  model INTEGER NOT NULL REFERENCES models (id),
  key   INTEGER NOT NULL REFERENCES keys (id),
  value TEXT    NOT NULL,
  PRIMARY KEY (model, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  model       INTEGER NOT NULL REFERENCES models (id),
  version     INTEGER NOT NULL CHECK (version >= 1),
  digest      TEXT    NOT NULL,
  run         INTEGER REFERENCES runs (id),
  source      TEXT    NOT NULL,
  description TEXT    NOT NULL,
  user        TEXT    NOT NULL,
  created     INTEGER NOT NULL,
  deleted     INTEGER,
  UNIQUE (model, version)
) STRICT;
CREATE INDEX versions_by_digest ON versions (digest);
CREATE INDEX versions_by_run ON versions (run);

CREATE TABLE version_tags (
  version INTEGER NOT NULL REFERENCES versions (id),
  key     INTEGER NOT NULL REFERENCES keys (id),
  value   TEXT    NOT NULL,
  PRIMARY KEY (version, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (
  model   INTEGER NOT NULL REFERENCES models (id),
  name    TEXT    NOT NULL,
  version INTEGER NOT NULL REFERENCES versions (id),
  updated INTEGER NOT NULL,
  PRIMARY KEY (model, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_version ON aliases (version);

-- Every move of an alias. NULL versions: it pointed, or points, nowhere.
CREATE TABLE promotions (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  model    INTEGER NOT NULL REFERENCES models (id),
  alias    TEXT    NOT NULL,
  action   TEXT    NOT NULL CHECK (action IN ('promote', 'rollback', 'remove')),
  version  INTEGER REFERENCES versions (id),
  previous INTEGER REFERENCES versions (id),
  reason   TEXT    NOT NULL,
  evidence TEXT    NOT NULL,
  user     TEXT    NOT NULL,
  time     INTEGER NOT NULL
) STRICT;
CREATE INDEX promotions_by_alias ON promotions (model, alias, id);

-- Who changed what in the registry, when and why.
CREATE TABLE audit (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  time      INTEGER NOT NULL,
  user      TEXT    NOT NULL,
  host      TEXT    NOT NULL,
  action    TEXT    NOT NULL,
  model     TEXT    NOT NULL,
  subject   TEXT    NOT NULL,
  detail    TEXT    NOT NULL,
  operation TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_by_model ON audit (model, id);

CREATE TRIGGER promotions_keep BEFORE UPDATE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions are never changed'); END;
CREATE TRIGGER promotions_stay BEFORE DELETE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions are never removed'); END;
CREATE TRIGGER audit_keep BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_stay BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
