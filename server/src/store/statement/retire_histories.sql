DELETE FROM event WHERE owner IN (
    SELECT p.id FROM part p WHERE p.life IN (
        SELECT key FROM life WHERE ended_at < $1 ORDER BY ended_at, key LIMIT $2
    )
)
