INSERT INTO idempotency (client, path, key, digest, downlink, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (client, path, key) DO UPDATE
SET digest = excluded.digest, downlink = excluded.downlink, expires_at = excluded.expires_at
