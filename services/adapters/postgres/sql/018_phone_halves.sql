-- A row has room for the halves of two numbers, each looked up by itself.
DROP INDEX vault_keys_by_phone;
CREATE INDEX vault_keys_by_phone ON vault_keys (jurisdiction, substr(phone, 1, 16)) WHERE phone IS NOT NULL;
CREATE INDEX vault_keys_by_other_phone ON vault_keys (jurisdiction, substr(phone, 17, 16))
    WHERE phone IS NOT NULL;
