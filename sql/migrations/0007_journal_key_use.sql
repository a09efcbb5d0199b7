-- When something was last sealed under the key in this journal's name; `announced_at` tells when a
-- service with this journal was last heard of. NULL: written before there was this column.
ALTER TABLE journal_keys ADD COLUMN sealed_at BIGINT;
