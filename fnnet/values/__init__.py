"""What a value is: read-only arrays, records and trees of them, their fingerprint, keys for randomness."""
