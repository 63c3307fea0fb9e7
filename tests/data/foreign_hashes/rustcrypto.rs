//! Makes rustcrypto.json: PHC strings by the crates pbkdf2 and scrypt of RustCrypto themselves. The `main.rs`
//! of a crate of its own:
//!
//!     cargo add pbkdf2 scrypt --features getrandom,phc
//!     cargo add serde_json
//!     cargo run -- passwords.json >rustcrypto.json

use pbkdf2::password_hash::PasswordHasher;
use pbkdf2::{Algorithm, Pbkdf2};
use scrypt::Scrypt;
use serde_json::{Value, json};

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let passwords: Vec<String> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut found: Vec<Value> = Vec::new();
    for algorithm in [Algorithm::Pbkdf2Sha256, Algorithm::Pbkdf2Sha512] {
        let quick = Pbkdf2::new(algorithm, pbkdf2::Params::new(1000).unwrap());
        let default = Pbkdf2::new(algorithm, pbkdf2::Params::recommended_for(algorithm));
        let hashers = passwords.iter().map(|password| (quick, password));
        for (hasher, password) in hashers.chain([(default, &passwords[0])]) {
            let hash = hasher.hash_password(password.as_bytes()).unwrap();
            found.push(json!({
                "system": "RustCrypto", "version": "0.13.0", "scheme": "pbkdf2",
                "password": password, "hash": hash.to_string(),
            }));
        }
    }
    let quick = Scrypt::new_with_params(scrypt::Params::new(4, 8, 3).unwrap());
    let hashers = passwords.iter().map(|password| (quick, password));
    for (hasher, password) in hashers.chain([(Scrypt::new(), &passwords[0])]) {
        let hash = hasher.hash_password(password.as_bytes()).unwrap();
        found.push(json!({
            "system": "RustCrypto", "version": "0.12.0", "scheme": "scrypt",
            "password": password, "hash": hash.to_string(),
        }));
    }
    println!("{}", serde_json::to_string_pretty(&found).unwrap());
}
