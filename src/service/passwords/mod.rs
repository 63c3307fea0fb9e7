//! Hashing and verifying passwords: Argon2id (RFC 9106) in PHC strings, and what other systems made.

mod leaked;
mod stored;

use argon2::password_hash::Error;
use argon2::password_hash::phc::{self, Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

pub use self::leaked::LeakCheck;
pub use self::stored::UnsupportedHash;
use self::stored::{Argon2Hash, StoredHash};
use super::Fault;
use crate::config;
use crate::model::{AcceptedPassword, Password, PasswordHash, Weakness};
use crate::resilience::hashing::HashingPool;
use crate::store::StoreError;
use crate::telemetry::metrics::{HashingLoad, Metrics};

/// Hashes and verifies passwords, off the threads that serve requests.
#[derive(Clone, Debug)]
pub struct Passwords {
    params: Params,
    pool: HashingPool<Memory>,
    /// Verified where there is no hash, so that an unknown user takes as long as a wrong password.
    decoy: PasswordHash,
    /// What new passwords have to pass; nothing, where that is switched off.
    leak_check: Option<LeakCheck>,
}

/// The memory that a hash fills, used again for the next one.
type Memory = Vec<Block>;

/// What verifying a password showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password, or there is none to compare with.
    Wrong,
    /// It is the password.
    Right {
        /// Whether the hash was made with other parameters than are in force, or by another system.
        outdated: bool,
    },
}

/// Why a new password was not set.
#[derive(Debug, thiserror::Error)]
pub enum NewPasswordError {
    /// It may not be chosen.
    #[error("the new password is weak")]
    Weak(Vec<Weakness>),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for NewPasswordError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Whoever chooses a password is told of its weaknesses.
macro_rules! new_password_fails {
    ($($error:ident),+) => {
        $(impl From<$crate::service::passwords::NewPasswordError> for $error {
            fn from(error: $crate::service::passwords::NewPasswordError) -> Self {
                use $crate::service::passwords::NewPasswordError;
                match error {
                    NewPasswordError::Weak(weaknesses) => Self::Weak(weaknesses),
                    NewPasswordError::Fault(fault) => Self::Fault(fault),
                }
            }
        })+
    };
}

pub(crate) use new_password_fails;

/// The hashing parameters can't be used.
#[derive(Debug, thiserror::Error)]
#[error("configuration section password: {0}")]
pub struct InvalidParams(String);

/// Whether passwords can be verified against a hash, so that an account with it can log in.
///
/// # Errors
/// Says what is wrong, never repeating the hash.
pub fn check_supported(hash: &PasswordHash) -> Result<(), UnsupportedHash> {
    StoredHash::parse(hash.expose()).map(drop)
}

impl Passwords {
    /// Hashes with the configured parameters.
    ///
    /// # Errors
    /// When Argon2 does not allow the parameters, or they ask for more than a login may take.
    pub fn new(config: &config::Password, metrics: Metrics) -> Result<Self, InvalidParams> {
        let invalid = |error: &dyn std::fmt::Display| InvalidParams(error.to_string());
        let params = Params::new(
            config.memory_kib,
            config.iterations,
            config.parallelism,
            None,
        )
        .map_err(|error| invalid(&error))?;
        let pool = HashingPool::new(
            config.hash_concurrency(),
            config.hash_queue,
            config.hash_wait(),
            metrics,
        );
        let decoy = decoy(&params).map_err(|error| invalid(&error))?;
        // What is made must be verified later.
        check_supported(&decoy).map_err(|error| InvalidParams(format!("a hash {error}")))?;
        Ok(Self {
            params,
            pool,
            decoy,
            leak_check: None,
        })
    }

    /// Whether a password could be hashed now.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many wait already.
    pub fn check_room(&self) -> Result<(), Fault> {
        Ok(self.pool.check_room()?)
    }

    /// Tells how busy hashing is, whenever it is asked.
    pub fn load(&self) -> impl Fn() -> HashingLoad + use<> {
        self.pool.load()
    }

    /// The same, where new passwords have to pass a check besides the policy.
    #[must_use]
    pub fn refusing_leaked(self, check: LeakCheck) -> Self {
        Self {
            leak_check: Some(check),
            ..self
        }
    }

    /// Hashes a new password, unless it is known from a leak. May ask another service, so it comes last of
    /// all that can refuse a change, and never while anything is locked.
    ///
    /// # Errors
    /// When it has leaked; [`Fault::Overloaded`] when too many wait already.
    pub async fn hash(
        &self,
        password: &AcceptedPassword,
    ) -> Result<PasswordHash, NewPasswordError> {
        if let Some(check) = &self.leak_check {
            check.pass(password).await?;
        }
        Ok(self.hash_verified(password.password()).await?)
    }

    /// Hashes a password that is in use already, with the parameters now in force.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many wait already.
    pub async fn hash_verified(&self, password: &Password) -> Result<PasswordHash, Fault> {
        let params = self.params.clone();
        let password = password.clone();
        self.pool
            .run(move |memory| hash(params, &password, memory))
            .await?
            .map_err(Fault::internal)
    }

    /// Compares `password` with the hash of an account; for an account without one, or none at all,
    /// takes the time of a hash that was made here to find it wrong.
    ///
    /// # Errors
    /// [`Fault::Overloaded`] when too many wait already; [`Fault::Internal`] for a hash that can't be
    /// read.
    pub async fn verify(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, Fault> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy);
        let hash = StoredHash::parse(hash.expose()).map_err(Fault::internal)?;
        let password = password.clone();
        let params = self.params.clone();
        let verdict = self
            .pool
            .run(move |memory| verify(&params, &password, hash, memory))
            .await?
            .map_err(Fault::internal)?;
        Ok(if exists { verdict } else { Verdict::Wrong })
    }
}

fn hash(params: Params, password: &Password, memory: &mut Memory) -> Result<PasswordHash, Error> {
    let salt = Salt::generate();
    let phc_params = ParamsString::try_from(&params)?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let output = fill(&hasher, password, &salt, Params::DEFAULT_OUTPUT_LEN, memory)?;
    Ok(phc_string(phc_params, salt, output))
}

fn verify(
    params: &Params,
    password: &Password,
    hash: StoredHash,
    memory: &mut Memory,
) -> Result<Verdict, Error> {
    let (is_right, outdated) = match hash {
        StoredHash::Foreign(hash) => (hash.is_of(password), true),
        StoredHash::Argon2(hash) => {
            let outdated = !is_current(params, &hash);
            (verify_argon2(params, password, hash, memory)?, outdated)
        }
    };
    Ok(if is_right {
        Verdict::Right { outdated }
    } else {
        Verdict::Wrong
    })
}

/// Whether a hash is as one that is made now.
fn is_current(params: &Params, hash: &Argon2Hash) -> bool {
    let used = &hash.params;
    !hash.is_framed
        && (hash.algorithm, hash.version) == (Algorithm::Argon2id, Version::V0x13)
        && (used.m_cost(), used.t_cost(), used.p_cost())
            == (params.m_cost(), params.t_cost(), params.p_cost())
        && hash.expected.len() == Params::DEFAULT_OUTPUT_LEN
}

fn verify_argon2(
    params: &Params,
    password: &Password,
    hash: Argon2Hash,
    memory: &mut Memory,
) -> Result<bool, Error> {
    let hasher = Argon2::new(hash.algorithm, hash.version, hash.params);
    let output = fill(&hasher, password, &hash.salt, hash.expected.len(), memory)?;
    // A hash of other parameters may have needed more than all further ones will.
    memory.truncate(params.block_count());
    memory.shrink_to_fit();
    // Compares in constant time.
    Ok(output == hash.expected)
}

/// Computes a hash of `length` bytes.
fn fill(
    hasher: &Argon2<'_>,
    password: &Password,
    salt: &Salt,
    length: usize,
    memory: &mut Memory,
) -> Result<Output, Error> {
    let blocks = hasher.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let mut buffer = [0; Output::MAX_LENGTH];
    let output = buffer.get_mut(..length).ok_or(Error::OutputSize)?;
    hasher.hash_password_into_with_memory(
        password.expose().as_bytes(),
        salt.as_ref(),
        output,
        memory,
    )?;
    Output::new(output).map_err(|_| Error::OutputSize)
}

/// A hash that no password has, but that costs as much to verify as a real one.
fn decoy(params: &Params) -> Result<PasswordHash, Error> {
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    aws_lc_rs::rand::fill(&mut output).map_err(|_| Error::Crypto)?;
    let output = Output::new(&output).map_err(|_| Error::OutputSize)?;
    Ok(phc_string(
        ParamsString::try_from(params)?,
        Salt::generate(),
        output,
    ))
}

fn phc_string(params: ParamsString, salt: Salt, output: Output) -> PasswordHash {
    let hash = phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params,
        salt: Some(salt),
        hash: Some(output),
    };
    PasswordHash::new(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Email;

    fn passwords(memory_kib: u32) -> Passwords {
        let config = config::Password {
            memory_kib,
            iterations: 1,
            ..config::Password::default()
        };
        Passwords::new(&config, Metrics::default()).unwrap()
    }

    fn accepted(text: &str) -> AcceptedPassword {
        config::Password::default()
            .policy()
            .accept(
                Password::new(text),
                &Email::parse("ada@example.com").unwrap(),
                None,
            )
            .unwrap()
    }

    #[tokio::test]
    async fn a_password_is_right_for_its_own_hash_only() {
        let passwords = passwords(64);
        let hash = passwords
            .hash(&accepted("tr0ub4dor and three"))
            .await
            .unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));

        let verify = async |text| passwords.verify(&Password::new(text), Some(&hash)).await;
        let right = Verdict::Right { outdated: false };
        assert_eq!(verify("tr0ub4dor and three").await.unwrap(), right);
        assert_eq!(verify("tr0ub4dor and four").await.unwrap(), Verdict::Wrong);
        assert_eq!(verify("").await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_right_but_outdated() {
        let hash = passwords(64)
            .hash(&accepted("tr0ub4dor and three"))
            .await
            .unwrap();
        let verdict = passwords(128)
            .verify(&Password::new("tr0ub4dor and three"), Some(&hash))
            .await
            .unwrap();
        assert_eq!(verdict, Verdict::Right { outdated: true });
    }

    #[test]
    fn hashes_of_other_implementations_verify_whatever_the_memory_held_before() {
        // Known answers of the reference implementation, with other variants and costs than ours.
        let cases = [
            (
                "password",
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            ),
            (
                "password",
                "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
            ),
            (
                "password",
                "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
            ),
        ];
        let params = passwords(64).params;
        let mut memory = Memory::new();
        for _ in 0..2 {
            for (password, hash) in cases {
                let mut verdict = |password| {
                    let hash = StoredHash::parse(hash).unwrap();
                    verify(&params, &Password::new(password), hash, &mut memory).unwrap()
                };
                assert_eq!(verdict(password), Verdict::Right { outdated: true });
                assert_eq!(verdict("other"), Verdict::Wrong);
                assert_eq!(
                    memory.len(),
                    params.block_count(),
                    "no more is kept than needed"
                );
            }
        }
    }

    #[tokio::test]
    async fn no_password_is_right_where_there_is_no_hash() {
        let passwords = passwords(64);
        let verdict = passwords.verify(&Password::new("anything"), None).await;
        assert_eq!(verdict.unwrap(), Verdict::Wrong);
    }

    #[test]
    fn a_hash_in_the_frame_of_another_system_is_outdated_whatever_its_parameters() {
        // By Spring Security.
        let framed = "{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=64,t=1,p=1$6mxdYJgRFfhfEZYRPZv9vw$qm2hKNh8SS/hIn5ITm10Ecuo5Ytimn0+A2b1CS2ysjU";
        let verdict = |hash: &str| {
            let hash = StoredHash::parse(hash).unwrap();
            let password = Password::new("correct horse battery staple");
            verify(&passwords(64).params, &password, hash, &mut Memory::new()).unwrap()
        };
        assert_eq!(verdict(framed), Verdict::Right { outdated: true });
        let bare = framed.split_once('}').unwrap().1;
        assert_eq!(verdict(bare), Verdict::Right { outdated: false });
    }

    #[test]
    fn what_would_not_be_verified_is_not_made() {
        for (memory_kib, iterations) in [(2 << 20, 1), (1 << 20, 5)] {
            let config = config::Password {
                memory_kib,
                iterations,
                ..config::Password::default()
            };
            let made = Passwords::new(&config, Metrics::default());
            let error = made.unwrap_err().to_string();
            assert!(error.contains("more time or memory"), "{error}");
        }
    }

    #[test]
    fn the_importer_is_told_which_hashes_are_supported() {
        let check = |hash: &str| check_supported(&PasswordHash::new(hash.to_owned()));
        assert_eq!(check(passwords(64).decoy.expose()), Ok(()));
        assert_eq!(check("plain"), Err(UnsupportedHash::Scheme));
        assert_eq!(check("$2b$10$cut"), Err(UnsupportedHash::Malformed));
    }

    #[test]
    fn the_decoy_is_verified_with_the_parameters_in_force() {
        let decoy = passwords(128).decoy;
        assert!(decoy.expose().starts_with("$argon2id$v=19$m=128,t=1,p=1$"));
        let params = passwords(128).params;
        let decoy = StoredHash::parse(decoy.expose()).unwrap();
        let verdict = verify(&params, &Password::new("x"), decoy, &mut Memory::new());
        assert_eq!(verdict.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_that_cant_be_read_is_a_fault_and_no_wrong_password() {
        for hash in ["", "x", "$argon2id$", "$unknown$v=1$abcd$abcd"] {
            let hash = PasswordHash::new(hash.into());
            let verdict = passwords(64).verify(&Password::new("x"), Some(&hash)).await;
            assert!(matches!(verdict, Err(Fault::Internal(_))), "{hash:?}");
        }
    }
}
