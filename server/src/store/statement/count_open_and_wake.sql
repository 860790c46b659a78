-- $1 device, $2 protocol, $3 change of the open parts, $4 now.
UPDATE line
SET open_parts = open_parts + $3,
    wakes = wakes + 1,
    due_at = CASE WHEN due_at <= $4 OR lease_until > $4 THEN due_at ELSE $4 END
WHERE device = $1 AND protocol = $2
