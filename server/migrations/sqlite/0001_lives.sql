-- Identifiers are BLOBs of 16 bytes, moments are microseconds since the Unix epoch, documents are
-- TEXT. Statuses are written by the service and compared here, never computed.

-- The downlinks of one device over one protocol, in the order of their acceptance.
CREATE TABLE line (
    device TEXT NOT NULL,
    protocol TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    open_parts INTEGER NOT NULL,
    -- When it may be claimed: something of it is due, or the lease of its holder is over.
    due_at INTEGER,
    lease_until INTEGER,
    fence INTEGER NOT NULL,
    wakes INTEGER NOT NULL,
    PRIMARY KEY (device, protocol)
) STRICT, WITHOUT ROWID;

CREATE INDEX line_due ON line (due_at) WHERE due_at IS NOT NULL;

-- An instruction with all its parts, or one part that was posted directly.
CREATE TABLE life (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    client TEXT NOT NULL,
    device TEXT NOT NULL,
    protocol TEXT NOT NULL,
    -- The place in the line; none for a dry run.
    number INTEGER,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    provenance TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    open_parts INTEGER NOT NULL,
    -- 1 while the line has to look at it.
    in_line INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE UNIQUE INDEX life_in_line ON life (device, protocol, number) WHERE in_line = 1;
CREATE INDEX life_ended ON life (ended_at, key) WHERE ended_at IS NOT NULL;

-- What `/downlinks` lists. An absent reference is '' with `has_reference` 0, so that absent ones
-- come first in both directions by one index.
CREATE TABLE instruction (
    life INTEGER PRIMARY KEY REFERENCES life (key) ON DELETE CASCADE,
    id BLOB NOT NULL,
    client TEXT NOT NULL,
    device TEXT NOT NULL,
    has_reference INTEGER NOT NULL,
    external_reference TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    -- Entries of its logs that there ever were; the first 100 are kept.
    logged INTEGER NOT NULL,
    message TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX instruction_by_id ON instruction (client, id);
CREATE INDEX instruction_by_created ON instruction (client, created_at, id);
CREATE INDEX instruction_by_modified ON instruction (client, modified_at, id);
CREATE INDEX instruction_by_reference ON instruction (client, has_reference, external_reference, id);
CREATE INDEX instruction_by_status ON instruction (client, status, id);
CREATE INDEX instruction_by_status_created ON instruction (client, status, created_at, id);
CREATE INDEX instruction_by_status_modified ON instruction (client, status, modified_at, id);
CREATE INDEX instruction_by_device ON instruction (client, device, id);
CREATE INDEX instruction_by_device_created ON instruction (client, device, created_at, id);
CREATE INDEX instruction_by_device_modified ON instruction (client, device, modified_at, id);

-- What `/{protocol}/downlinks` lists.
CREATE TABLE part (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    life INTEGER NOT NULL REFERENCES life (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    client TEXT NOT NULL,
    protocol TEXT NOT NULL,
    device TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    -- Entries of its history that there ever were; the first 100 are kept.
    noted INTEGER NOT NULL,
    masked INTEGER NOT NULL,
    -- 1 if `message` is encrypted; erased at the end, it is NULL.
    sealed INTEGER NOT NULL,
    message BLOB,
    document TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX part_of_life ON part (life, position);
CREATE UNIQUE INDEX part_by_id ON part (client, protocol, id);
CREATE INDEX part_by_created ON part (client, protocol, created_at, id);
CREATE INDEX part_by_modified ON part (client, protocol, modified_at, id);
CREATE INDEX part_by_status ON part (client, protocol, status, id);
CREATE INDEX part_by_status_created ON part (client, protocol, status, created_at, id);
CREATE INDEX part_by_status_modified ON part (client, protocol, status, modified_at, id);
CREATE INDEX part_by_device ON part (client, protocol, device, id);
CREATE INDEX part_by_device_created ON part (client, protocol, device, created_at, id);
CREATE INDEX part_by_device_modified ON part (client, protocol, device, modified_at, id);

-- The logs of an instruction and the history of a part, under the id of either.
CREATE TABLE event (
    owner BLOB NOT NULL,
    seq INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (owner, seq)
) STRICT, WITHOUT ROWID;

-- References that are taken; a dry run takes none.
CREATE TABLE reference (
    client TEXT NOT NULL,
    reference TEXT NOT NULL,
    downlink BLOB NOT NULL,
    PRIMARY KEY (client, reference)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    client TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    digest BLOB NOT NULL,
    downlink BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (client, path, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_expires ON idempotency (expires_at);
