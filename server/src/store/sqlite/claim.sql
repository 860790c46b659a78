UPDATE line
SET fence = fence + 1, lease_until = $2, due_at = $2
WHERE (device, protocol) IN (
    SELECT device, protocol FROM line WHERE due_at <= $1 ORDER BY due_at LIMIT $3
)
RETURNING device, protocol, fence, wakes
