use sea_orm::entity::prelude::*;

use crate::model::{Device, Session, SessionId, UserId};

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub generation: i64,
    pub rotated_at: DateTimeUtc,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTimeUtc,
    pub last_used_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::users::Entity",
        from = "Column::UserId",
        to = "super::users::Column::Id"
    )]
    Users,
}

impl Related<super::users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Users.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self {
            id: SessionId(row.id),
            user_id: UserId(row.user_id),
            // Only ever written from a u32.
            generation: u32::try_from(row.generation).unwrap_or(u32::MAX),
            rotated_at: row.rotated_at,
            device: Device {
                ip: row.ip.and_then(|ip| ip.parse().ok()),
                user_agent: row.user_agent,
            },
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
        }
    }
}

impl From<&Session> for Model {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.0,
            user_id: session.user_id.0,
            generation: session.generation.into(),
            rotated_at: session.rotated_at,
            ip: session.device.ip.map(|ip| ip.to_string()),
            user_agent: session.device.user_agent.clone(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}
