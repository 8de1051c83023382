-- Versions that were imported remember the run that made them, which need not be in this store, and when they were
-- registered where they came from. Both are NULL for versions that were registered here.

ALTER TABLE versions ADD COLUMN origin_run TEXT;
ALTER TABLE versions ADD COLUMN origin_time INTEGER;

-- What the record says of earlier imports.
UPDATE versions SET (origin_run, origin_time) =
  (SELECT nullif(json_extract(detail, '$.run_id'), ''),
          CAST(round((julianday(json_extract(detail, '$.registered')) - 2440587.5) * 86400000) AS INTEGER)
   FROM audit JOIN models ON models.name = audit.model
   WHERE models.id = versions.model AND audit.action = 'import'
     AND audit.subject = models.name || '/' || versions.version);
