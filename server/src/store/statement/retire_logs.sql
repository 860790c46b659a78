DELETE FROM event WHERE owner IN (
    SELECT l.id FROM life l WHERE l.key IN (
        SELECT key FROM life WHERE ended_at < $1 ORDER BY ended_at, key LIMIT $2
    )
)
