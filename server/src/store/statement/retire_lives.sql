DELETE FROM life WHERE key IN (
    SELECT key FROM life WHERE ended_at < $1 ORDER BY ended_at, key LIMIT $2
)
