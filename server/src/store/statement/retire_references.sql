DELETE FROM reference WHERE (client, reference, downlink) IN (
    SELECT i.client, i.external_reference, i.id FROM instruction i WHERE i.life IN (
        SELECT key FROM life WHERE ended_at < $1 ORDER BY ended_at, key LIMIT $2
    )
)
