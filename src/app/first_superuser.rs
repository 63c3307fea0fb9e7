//! The first superuser, for containers: nobody has to run a command in one before it can be administered.

use secrecy::ExposeSecret;

use crate::config::Admin;
use crate::model::{Email, InvalidEmail, Password, PasswordPolicy, Weakness};
use crate::service::accounts::NewAccount;
use crate::service::administration::{Actor, CreateUserError};
use crate::service::{Administration, Fault};

/// Why the first superuser was not made.
#[derive(Debug, thiserror::Error)]
pub enum FirstSuperuserError {
    /// The address is none.
    #[error("ADMIN_EMAIL {0}")]
    Email(#[from] InvalidEmail),
    /// The password may not be chosen.
    #[error("ADMIN_PASSWORD {}", Weakness::list(.0))]
    Weak(Vec<Weakness>),
    /// Something failed.
    #[error("can't make the superuser of ADMIN_EMAIL: {0}")]
    Fault(#[from] Fault),
}

/// Makes the configured superuser, where there is no superuser at all. Of several instances that start at
/// once, one does so.
pub(super) async fn ensure(
    admin: &Admin,
    policy: PasswordPolicy,
    administration: &Administration,
) -> Result<(), FirstSuperuserError> {
    let (Some(email), Some(password)) = (&admin.email, &admin.password) else {
        return Ok(());
    };
    if administration.has_superuser().await? {
        return Ok(());
    }
    let email = Email::parse(email)?;
    let password = policy
        .accept(Password::new(password.expose_secret()), &email, None)
        .map_err(FirstSuperuserError::Weak)?;
    let account = NewAccount {
        email,
        username: None,
        password: Some(password),
    };
    match administration
        .create(Actor::Operator, account, true, true)
        .await
    {
        Ok(_) => Ok(()),
        Err(CreateUserError::Taken(_)) => {
            // Another instance was faster, or somebody registered the address: then it is not for a
            // password in the configuration to give that account away.
            if !administration.has_superuser().await? {
                tracing::warn!(
                    "the account of ADMIN_EMAIL exists and is no superuser, so none was made: \
                     use `countersign user promote`"
                );
            }
            Ok(())
        }
        Err(CreateUserError::Weak(weaknesses)) => Err(FirstSuperuserError::Weak(weaknesses)),
        Err(CreateUserError::Fault(fault)) => Err(fault.into()),
        // Nobody asks whether an operator may.
        Err(CreateUserError::Unauthorized(error)) => Err(Fault::internal(error).into()),
    }
}
