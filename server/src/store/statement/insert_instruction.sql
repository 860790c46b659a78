INSERT INTO instruction (
    life, id, client, device, has_reference, external_reference, status, created_at,
    modified_at, logged, message
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
