-- Downlinks of one status in the orders that no other index gives.
CREATE INDEX instruction_by_status_device ON instruction (client, status, device, id);
CREATE INDEX instruction_by_status_reference
    ON instruction (client, status, has_reference, external_reference, id);
CREATE INDEX part_by_status_device ON part (client, protocol, status, device, id);
