use sea_orm::entity::prelude::*;

use crate::model::{Email, PasswordHash, User, UserId, Username};

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub username: Option<String>,
    pub password_hash: Option<String>,
    pub is_active: bool,
    pub is_superuser: bool,
    pub email_verified: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub last_login: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_many = "super::sessions::Entity")]
    Sessions,
}

impl Related<super::sessions::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Sessions.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for User {
    fn from(row: Model) -> Self {
        Self {
            id: UserId(row.id),
            email: Email::from_stored(row.email),
            username: row.username.map(Username::from_stored),
            password_hash: row.password_hash.map(PasswordHash::new),
            is_active: row.is_active,
            is_superuser: row.is_superuser,
            email_verified: row.email_verified,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_login: row.last_login,
        }
    }
}

impl From<&User> for Model {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.0,
            email: user.email.as_str().to_owned(),
            username: user.username.as_ref().map(|name| name.as_str().to_owned()),
            password_hash: user
                .password_hash
                .as_ref()
                .map(|hash| hash.expose().to_owned()),
            is_active: user.is_active,
            is_superuser: user.is_superuser,
            email_verified: user.email_verified,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_login: user.last_login,
        }
    }
}
