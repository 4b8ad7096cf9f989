//! Databases for the server under test: a file, or a fresh database on a server that `tests/servers.sh` started.

use daogou_ground::Chance;

use crate::fault::Done;
use crate::options::Store;
use crate::queries::Look;

impl Store {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mariadb => "MariaDB",
        }
    }

    /// Whether it can be had; SQLite always can.
    pub fn is_there(self) -> bool {
        self == Self::Sqlite || self.server().is_some()
    }

    /// The address of a fresh database; none for SQLite, which makes its file where the installation is.
    pub async fn fresh(self) -> Done<Option<String>> {
        let Some(server) = self.server() else {
            return Ok(None);
        };
        let name = format!("bench_{}", Chance::system().word(12));
        Look::open(&server).await?.create_database(&name).await?;
        let (base, _) = server
            .rsplit_once('/')
            .ok_or("the server's address names no database")?;
        Ok(Some(format!("{base}/{name}")))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "tests/servers.sh says where its servers are in the environment"
    )]
    fn server(self) -> Option<String> {
        let key = match self {
            Self::Sqlite => return None,
            Self::Postgres => "DAOGOU_TEST_POSTGRES",
            Self::Mariadb => "DAOGOU_TEST_MARIADB",
        };
        std::env::var(key).ok().filter(|url| !url.is_empty())
    }
}
