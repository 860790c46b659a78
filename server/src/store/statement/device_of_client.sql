-- $1 client, $2 name. A canonical name stands before an alias.
SELECT id, client, aliases, tags, encoder, entry FROM device
WHERE id = COALESCE(
    (SELECT id FROM device WHERE id = $2 AND client = $1),
    (SELECT device FROM device_alias WHERE client = $1 AND alias = $2)
)
