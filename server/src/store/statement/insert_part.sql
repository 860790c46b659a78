INSERT INTO part (
    id, life, position, client, protocol, device, status, created_at, modified_at, noted,
    masked, sealed, message, document
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
