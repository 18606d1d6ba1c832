"""The long proofs: crashes, stampedes, forged messages; one module each, `measure()` as in tests/bench."""
