#![no_main]

countersign_fuzz::fuzz!(countersign_fuzz::targets::StoredHash);
