//! Statements whose text both databases understand.
//!
//! They find, compare versions, fences and limits, and write: no rule about what becomes of a
//! downlink, no status computed, no clock of the database.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {$(
        $(#[$doc])*
        pub(crate) const $name: &str = $text;
    )+};
}

statements! {
    FIRST_WITH_REFERENCE = "SELECT downlink FROM reference WHERE client = $1 AND reference = $2";
    REPEATED = "SELECT downlink, digest FROM idempotency \
         WHERE client = $1 AND path = $2 AND key = $3 AND expires_at > $4";
    FORGET_KEYS = "DELETE FROM idempotency WHERE expires_at <= $1";

    /// No row: the line holds as many open parts as it may.
    TAKE_NUMBER = include_str!("statement/take_number.sql");
    OLDEST_OPEN = "SELECT created_at FROM life \
         WHERE device = $1 AND protocol = $2 AND in_line = 1 ORDER BY number LIMIT 1";
    /// With the fence of the device's line, if there is one.
    LIFE_TO_CHANGE = "SELECT l.key, l.id, l.device, l.protocol, l.open_parts, n.fence FROM life l \
         LEFT JOIN line n ON n.device = l.device AND n.protocol = l.protocol \
         WHERE l.id = $1 AND l.version = $2";

    RENEW = "UPDATE line SET lease_until = $4, due_at = $4 \
         WHERE device = $1 AND protocol = $2 AND fence = $3";
    RELEASE = "UPDATE line SET lease_until = NULL, due_at = $5 \
         WHERE device = $1 AND protocol = $2 AND fence = $3 AND wakes = $4";
    RELEASE_WOKEN = "UPDATE line SET lease_until = NULL, due_at = $4 \
         WHERE device = $1 AND protocol = $2 AND fence = $3";
    NEXT_DUE = "SELECT due_at FROM line WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1";

    LINES = "SELECT device FROM line WHERE protocol = $1 AND device > $2 AND open_parts > 0 \
         ORDER BY device LIMIT $3";

    OPEN_OF_LINE = "SELECT id, client, device, protocol, number, version, state FROM life \
         WHERE device = $1 AND protocol = $2 AND in_line = 1 ORDER BY number LIMIT $3";
    LIFE_OF_PART = "SELECT l.id, l.client, l.device, l.protocol, l.number, l.version, l.state \
         FROM part p JOIN life l ON l.key = p.life WHERE p.id = $1";
    INSTRUCTION = "SELECT life FROM instruction WHERE client = $1 AND id = $2";
    PART = "SELECT key FROM part WHERE client = $1 AND protocol = $2 AND id = $3";
    /// To be completed by a list of keys.
    INSTRUCTION_ROWS = "SELECT l.id, l.client, l.device, l.number, l.version, l.state, \
         l.provenance, i.life AS key, i.has_reference, i.external_reference, i.message, i.logged \
         FROM instruction i JOIN life l ON l.key = i.life WHERE i.life IN";
    /// To be completed by a list of keys.
    PART_ROWS = "SELECT l.id, l.client, l.device, l.number, l.version, l.state, \
         p.key, p.id AS part, p.document, p.masked \
         FROM part p JOIN life l ON l.key = p.life WHERE p.key IN";
    EVENTS = "SELECT owner, entry FROM event WHERE owner = $1 AND seq >= $2 ORDER BY seq";
    CONTENT = "SELECT id, document, masked, sealed, message FROM part WHERE id = $1";

    DEVICE_BY_ID = "SELECT id, client, aliases, tags, encoder, entry FROM device WHERE id = $1";
    DEVICE_OF_CLIENT = include_str!("statement/device_of_client.sql");
    DEVICE_BY_ALIAS = "SELECT d.id, d.client, d.aliases, d.tags, d.encoder, d.entry FROM device_alias a \
         JOIN device d ON d.id = a.device WHERE a.client = $1 AND a.alias = $2";
    DEVICES = "SELECT id, client, aliases, tags, encoder, entry FROM device \
         WHERE client = $1 AND id > $2 ORDER BY id LIMIT $3";
    BOUND = "SELECT encoder, COUNT(*) AS devices, MIN(id) AS first FROM device \
         WHERE encoder > '' GROUP BY encoder";
    OWNERS = "SELECT id, client FROM device";
    LAST_IMPORT = "SELECT COALESCE(MAX(import), 0) FROM device";
    NOT_IMPORTED = "SELECT id FROM device WHERE import <> $1 ORDER BY id";
    PRUNE = "DELETE FROM device WHERE import <> $1";

    KEEP = "INSERT INTO kept (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    KEPT = "SELECT value FROM kept WHERE name = $1";
    BODIES = "SELECT device, digest, at, newest FROM body \
         WHERE device = $1 AND at >= $2 ORDER BY at";
    NOTE_BODY = "INSERT INTO body (device, at, digest, newest) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (device, at, digest) DO NOTHING";
    FORGET_BODIES = "DELETE FROM body WHERE device = $1 AND at < $2";

    KEEP_REPORT = "INSERT INTO report (part, attempt, report, heard_at) VALUES ($1, $2, $3, $4)";
    KEPT_REPORT = "SELECT key, part, attempt, report FROM report \
         WHERE part = $1 ORDER BY key LIMIT 1";
    REMOVE_REPORT = "DELETE FROM report WHERE key = $1";
    REMOVE_OLD_REPORTS = "DELETE FROM report WHERE heard_at < $1";

    RETIRE_LOGS = include_str!("statement/retire_logs.sql");
    RETIRE_HISTORIES = include_str!("statement/retire_histories.sql");
    RETIRE_REFERENCES = include_str!("statement/retire_references.sql");
    /// Instructions and parts go with their life.
    RETIRE_LIVES = include_str!("statement/retire_lives.sql");
    READY = "SELECT version FROM life WHERE key = 0";
}
