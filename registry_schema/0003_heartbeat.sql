-- When a run under `runs exec` was last known to be under way, for readers on other machines and in other containers,
-- who cannot see its process.

ALTER TABLE runs ADD COLUMN heartbeat INTEGER;
