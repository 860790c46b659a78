INSERT INTO life (
    id, client, device, protocol, number, version, state, provenance, created_at,
    open_parts, in_line, ended_at
)
VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11)
RETURNING key
