-- The encoder that a device is bound to; '' until its next import.
ALTER TABLE device ADD COLUMN encoder TEXT NOT NULL DEFAULT '';

CREATE INDEX device_bound ON device (encoder, id);
