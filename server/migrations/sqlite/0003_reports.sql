-- Reports of carriers that came before the record of the handing over that they speak of.
CREATE TABLE report (
    key INTEGER PRIMARY KEY,
    part BLOB NOT NULL,
    attempt INTEGER NOT NULL,
    report TEXT NOT NULL,
    heard_at INTEGER NOT NULL
) STRICT;

CREATE INDEX report_of_part ON report (part, key);
CREATE INDEX report_heard ON report (heard_at);
