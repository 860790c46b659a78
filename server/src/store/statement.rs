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
    TAKE_REFERENCE = "INSERT INTO reference (client, reference, downlink) VALUES ($1, $2, $3)";
    REPEATED = "SELECT downlink, digest FROM idempotency \
         WHERE client = $1 AND path = $2 AND key = $3 AND expires_at > $4";
    REMEMBER_KEY = include_str!("statement/remember_key.sql");
    FORGET_KEYS = "DELETE FROM idempotency WHERE expires_at <= $1";

    /// No row: the line holds as many open parts as it may.
    TAKE_NUMBER = include_str!("statement/take_number.sql");
    OLDEST_OPEN = "SELECT created_at FROM life \
         WHERE device = $1 AND protocol = $2 AND in_line = 1 ORDER BY number LIMIT 1";
    INSERT_LIFE = include_str!("statement/insert_life.sql");
    INSERT_INSTRUCTION = include_str!("statement/insert_instruction.sql");
    INSERT_PART = include_str!("statement/insert_part.sql");
    INSERT_EVENT = "INSERT INTO event (owner, seq, entry) VALUES ($1, $2, $3)";

    LIFE_TO_CHANGE = "SELECT key, id, device, protocol, open_parts FROM life \
         WHERE id = $1 AND version = $2";
    UPDATE_LIFE = "UPDATE life SET state = $3, open_parts = $4, in_line = $5, ended_at = $6, \
         version = version + 1 WHERE key = $1 AND version = $2";
    UPDATE_INSTRUCTION = "UPDATE instruction SET status = $2, modified_at = $3, \
         logged = logged + $4 WHERE life = $1 \
         AND (status <> $2 OR modified_at <> $3 OR $4 > 0) RETURNING logged";
    UPDATE_PART = "UPDATE part SET status = $3, modified_at = $4, noted = noted + $5 \
         WHERE life = $1 AND position = $2 \
         AND (status <> $3 OR modified_at <> $4 OR $5 > 0) RETURNING noted";
    ERASE_MESSAGE = "UPDATE part SET message = NULL WHERE id = $1 AND life = $2 AND sealed = 1";

    FENCE_HOLDS = "SELECT 1 FROM line WHERE device = $1 AND protocol = $2 AND fence = $3";
    COUNT_OPEN = "UPDATE line SET open_parts = open_parts + $3 WHERE device = $1 AND protocol = $2";
    COUNT_OPEN_AND_WAKE = include_str!("statement/count_open_and_wake.sql");
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

    DEVICE_BY_ID = "SELECT id, client, aliases, tags, entry FROM device WHERE id = $1";
    DEVICE_BY_ALIAS = "SELECT d.id, d.client, d.aliases, d.tags, d.entry FROM device_alias a \
         JOIN device d ON d.id = a.device WHERE a.client = $1 AND a.alias = $2";
    DEVICES = "SELECT id, client, aliases, tags, entry FROM device \
         WHERE client = $1 AND id > $2 ORDER BY id LIMIT $3";
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

    RETIRE_LOGS = include_str!("statement/retire_logs.sql");
    RETIRE_HISTORIES = include_str!("statement/retire_histories.sql");
    RETIRE_REFERENCES = include_str!("statement/retire_references.sql");
    /// Instructions and parts go with their life.
    RETIRE_LIVES = include_str!("statement/retire_lives.sql");
    READY = "SELECT version FROM life WHERE key = 0";
}
