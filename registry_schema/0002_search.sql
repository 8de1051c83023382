-- Searches begin at the parameters and tags that have the value asked for, and need to know which runs are under way to
-- tell those whose process is gone.

CREATE INDEX params_by_value ON params (key, value, run);
CREATE INDEX tags_by_value ON tags (key, value, run);
DROP INDEX tags_by_key;
CREATE INDEX runs_under_way ON runs (id) WHERE status = 'RUNNING' AND process IS NOT NULL;
