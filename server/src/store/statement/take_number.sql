-- $1 device, $2 protocol, $3 parts, $4 limit, $5 now.
-- A line that is held, or due already, keeps its moment: the one is woken at its release, the
-- other keeps its turn.
INSERT INTO line (device, protocol, last_number, open_parts, due_at, fence, wakes)
VALUES ($1, $2, 1, $3, $5, 0, 1)
ON CONFLICT (device, protocol) DO UPDATE
SET last_number = line.last_number + 1,
    open_parts = line.open_parts + $3,
    wakes = line.wakes + 1,
    due_at = CASE WHEN line.due_at <= $5 OR line.lease_until > $5 THEN line.due_at ELSE $5 END
WHERE line.open_parts + $3 <= $4
RETURNING last_number
