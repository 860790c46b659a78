CREATE TABLE device (
    id TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    aliases TEXT NOT NULL,
    tags TEXT NOT NULL,
    entry TEXT NOT NULL,
    -- The import that named it last.
    import INTEGER NOT NULL
) STRICT;

CREATE INDEX device_of_client ON device (client, id);

CREATE TABLE device_alias (
    client TEXT NOT NULL,
    alias TEXT NOT NULL,
    device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    PRIMARY KEY (client, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX device_alias_of_device ON device_alias (device);

CREATE TABLE device_tag (
    device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (device, tag)
) STRICT, WITHOUT ROWID;

-- Values that are made once.
CREATE TABLE kept (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What devices that call by themselves sent.
CREATE TABLE body (
    device TEXT NOT NULL,
    at INTEGER NOT NULL,
    digest BLOB NOT NULL,
    -- The newest time that it states.
    newest INTEGER,
    PRIMARY KEY (device, at, digest)
) STRICT, WITHOUT ROWID;
