//! What this machine can do at best: the same framework, token library, database layer and hash, with nothing
//! round them.

use std::fs::OpenOptions;
use std::io::{Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use poem::http::StatusCode;
use poem::listener::TcpListener;
use poem::{EndpointExt, Route, handler};
use poem_openapi::auth::Bearer;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi, OpenApiService, SecurityScheme};
use sea_orm::sea_query::Expr;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ColumnTrait, ConnectOptions, Database, DatabaseConnection, DbBackend, EntityTrait, QueryFilter,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Failure;

/// Signs the tokens of the floor, which protect nothing.
const SECRET: &[u8] = b"the floor protects nothing at all";
/// Connections to the database, as many as Countersign has by default.
const CONNECTIONS: u32 = 10;
/// As many as SQLite writes before it begins the log anew.
const PAGES: u32 = 1000;

mod users {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub email: String,
        pub username: Option<String>,
        pub is_active: bool,
        pub is_superuser: bool,
        pub email_verified: bool,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub last_login: Option<DateTimeUtc>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod sessions {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub user_id: Uuid,
        pub generation: i64,
        pub last_used_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// As large as an account in an answer of Countersign.
#[derive(Object)]
struct Account {
    id: Uuid,
    email: String,
    username: Option<String>,
    is_active: bool,
    is_superuser: bool,
    email_verified: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_login: Option<DateTime<Utc>>,
}

impl From<users::Model> for Account {
    fn from(row: users::Model) -> Self {
        Self {
            id: row.id,
            email: row.email,
            username: row.username,
            is_active: row.is_active,
            is_superuser: row.is_superuser,
            email_verified: row.email_verified,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_login: row.last_login,
        }
    }
}

fn somebody(id: Uuid) -> Account {
    let now = Utc::now();
    Account {
        id,
        email: "somebody@example.com".to_owned(),
        username: None,
        is_active: true,
        is_superuser: false,
        email_verified: true,
        created_at: now,
        updated_at: now,
        last_login: Some(now),
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
    scope: String,
}

/// A token as Countersign gives them out.
pub(crate) fn token(id: Uuid) -> Result<String, Failure> {
    let now = Utc::now().timestamp();
    let claims = Claims {
        iss: "floor".to_owned(),
        aud: "floor".to_owned(),
        sub: id,
        sid: id,
        jti: Uuid::new_v4(),
        iat: now,
        exp: now + 3600,
        scope: "user".to_owned(),
    };
    Ok(encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(SECRET),
    )?)
}

struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    fn new() -> Self {
        let mut validation = Validation::default();
        validation.set_issuer(&["floor"]);
        validation.set_audience(&["floor"]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        Self {
            key: DecodingKey::from_secret(SECRET),
            validation,
        }
    }
}

#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "check")]
struct Checked(Uuid);

#[expect(clippy::unused_async, reason = "the framework waits for it")]
async fn check(request: &poem::Request, bearer: Bearer) -> Option<Uuid> {
    let verifier = request.data::<Arc<Verifier>>()?;
    let token = decode::<Claims>(&bearer.token, &verifier.key, &verifier.validation).ok()?;
    Some(token.claims.sub)
}

#[derive(Object)]
struct Which {
    id: Uuid,
}

struct Operations {
    database: DatabaseConnection,
}

#[expect(clippy::unused_async, reason = "the framework waits for all of them")]
#[OpenApi]
impl Operations {
    /// An answer.
    #[oai(path = "/bare", method = "get")]
    async fn bare(&self) -> Json<Account> {
        Json(somebody(Uuid::nil()))
    }

    /// An answer to who has a token.
    #[oai(path = "/checked", method = "get")]
    async fn checked(&self, checked: Checked) -> Json<Account> {
        Json(somebody(checked.0))
    }

    /// An answer from the database to who has a token.
    #[oai(path = "/selected", method = "get")]
    async fn selected(&self, checked: Checked) -> poem::Result<Json<Account>> {
        let row = users::Entity::find_by_id(checked.0)
            .one(&self.database)
            .await;
        let row = row.map_err(poem::error::InternalServerError)?;
        let row = row.ok_or_else(|| poem::Error::from_status(StatusCode::NOT_FOUND))?;
        Ok(Json(row.into()))
    }

    /// A row that is read, and written in a transaction.
    #[oai(path = "/touched", method = "post")]
    async fn touched(&self, which: Json<Which>) -> poem::Result<Json<Account>> {
        let row = touch(&self.database, which.0.id).await;
        let id = row.map_err(poem::error::InternalServerError)?;
        Ok(Json(somebody(id)))
    }
}

async fn touch(database: &DatabaseConnection, id: Uuid) -> Result<Uuid, sea_orm::DbErr> {
    let row = sessions::Entity::find_by_id(id).one(database).await?;
    let row = row.ok_or(sea_orm::DbErr::RecordNotUpdated)?;
    let options = TransactionOptions {
        sqlite_transaction_mode: (database.get_database_backend() == DbBackend::Sqlite)
            .then_some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = database.begin_with_options(options).await?;
    sessions::Entity::update_many()
        .col_expr(sessions::Column::LastUsedAt, Expr::value(Utc::now()))
        .filter(sessions::Column::Id.eq(id))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(row.user_id)
}

#[handler]
fn live() -> &'static str {
    "live"
}

/// Serves the floor.
pub(crate) async fn serve(listen: SocketAddr, url: &str) -> Result<(), Failure> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
        });
    if url.starts_with("sqlite:") {
        options.test_before_acquire(false);
    }
    let database = Database::connect(options).await?;
    let service = OpenApiService::new(Operations { database }, "floor", "1");
    let app = Route::new()
        .at("/health/live", poem::get(live))
        .nest("/", service)
        .data(Arc::new(Verifier::new()));
    poem::Server::new(TcpListener::bind(listen))
        .run(app)
        .await?;
    Ok(())
}

/// How many passwords all cores hash in a second, and what one costs, in microseconds.
pub(crate) fn hashes(length: Duration) -> Result<(f64, f64), Failure> {
    let cores = thread::available_parallelism()?.get();
    let begun = Instant::now();
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            thread::spawn(move || {
                let params = Params::default();
                let mut memory = vec![Block::default(); params.block_count()];
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                let mut out = [0; 32];
                let mut count = 0_u32;
                while begun.elapsed() < length {
                    let hashed = argon2.hash_password_into_with_memory(
                        crate::seed::PASSWORD.as_bytes(),
                        b"sixteen bytes of",
                        &mut out,
                        &mut memory,
                    );
                    if hashed.is_err() {
                        return (0, begun.elapsed());
                    }
                    count += 1;
                }
                (count, begun.elapsed())
            })
        })
        .collect();
    let mut per_second = 0.0;
    for thread in threads {
        let (count, took) = thread.join().map_err(|_| "a hash panicked")?;
        per_second += f64::from(count) / took.as_secs_f64();
    }
    let microseconds = f64::from(u32::try_from(cores)?) * 1e6 / per_second;
    Ok((per_second, microseconds))
}

/// How often in a second something small can be made durable in a folder: a page at a time, in a file that
/// has its size already, as the write-ahead log of a database is written.
pub(crate) fn syncs(folder: &Path, length: Duration) -> Result<f64, Failure> {
    let path = folder.join("syncs");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&path)?;
    let page = [7_u8; 4096];
    for _ in 0..PAGES {
        file.write_all(&page)?;
    }
    file.sync_all()?;
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < length {
        if count.is_multiple_of(PAGES) {
            file.rewind()?;
        }
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    let took = begun.elapsed();
    std::fs::remove_file(&path)?;
    Ok(f64::from(count) / took.as_secs_f64())
}
