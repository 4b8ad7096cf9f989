//! The handles that every verb gets.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use daogou_ground::{Chance, Clock};
use daogou_session::{Session, Subscription};
use daogou_wechat::Client;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::health::Health;
use crate::links::Links;
use crate::signals::Signals;
use crate::telemetry::request::RequestId;
use crate::texts::Texts;
use crate::vault::Vault;

/// How long after a vain try the session layer is asked again.
const SUBSCRIBE_AGAIN: Duration = Duration::from_secs(1);

/// What the house is made of. Cloning shares it.
#[derive(Clone)]
pub struct Context {
    /// The store: the truth.
    pub db: Db,
    /// Volatile shared state.
    pub session: Session,
    /// The platform.
    pub wechat: Client,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub chance: Chance,
    /// Settings.
    pub config: Arc<Config>,
    /// What people read.
    pub texts: Texts,
    /// Wake-ups inside this process.
    pub signals: Signals,
    /// Which parts answer.
    pub health: Health,
    /// Names this process in leases.
    pub node: Arc<str>,
    /// Work that outlives a request; the stop waits for it.
    pub tasks: Tasks,
    /// Links that are one person's.
    pub links: Links,
    vault: Option<Vault>,
    kept: Arc<Mutex<HashMap<TypeId, Kept>>>,
}

type Kept = Arc<dyn Any + Send + Sync>;

/// Runs work on the process's own runtime rather than on the web worker that asked for it.
#[derive(Clone)]
pub struct Tasks {
    /// Who waits for the work at the end.
    pub tracker: TaskTracker,
    /// Where it runs.
    pub runtime: Handle,
    /// Cancelled when the process is about to end: nothing new is begun then.
    pub stop: CancellationToken,
}

impl Tasks {
    /// Starts `work`, in the name of the request that asks for it.
    pub fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        match RequestId::current() {
            Some(id) => self.tracker.spawn_on(id.scope(work), &self.runtime),
            None => self.tracker.spawn_on(work, &self.runtime),
        };
    }
}

/// What [`Context::new`] is made of.
pub struct Parts {
    /// The store.
    pub db: Db,
    /// Volatile shared state.
    pub session: Session,
    /// The platform.
    pub wechat: Client,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub chance: Chance,
    /// Settings.
    pub config: Config,
    /// Work that outlives a request.
    pub tasks: Tasks,
}

impl Context {
    /// Puts the house together.
    ///
    /// # Errors
    /// When a template of the brand cannot be read.
    pub fn new(parts: Parts) -> Result<Self> {
        let Parts {
            db,
            session,
            wechat,
            clock,
            chance,
            config,
            tasks,
        } = parts;
        let texts = Texts::load(config.templates_dir.as_deref())?;
        let vault = config
            .secret_key
            .as_ref()
            .map(|key| Vault::new(key, chance.clone()))
            .transpose()?;
        let links = Links::new(&config.public_url, vault.clone());
        let node = format!("{}-{}", std::process::id(), chance.word(8)).into();
        let signals = db.signals().clone();
        let health = Health::new(db.clone(), session.clone(), clock.clone());
        Ok(Self {
            health,
            db,
            session,
            wechat,
            clock,
            chance,
            config: Arc::new(config),
            texts,
            signals,
            node,
            tasks,
            links,
            vault,
            kept: Arc::default(),
        })
    }

    /// What a subject keeps in this process from one act to the next; made when it is first asked for.
    pub fn kept<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let thing = kept
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::<T>::default());
        thing.clone().downcast().unwrap_or_default()
    }

    /// Listens to `channel`, from the moment the session layer can be reached.
    pub async fn subscribe(&self, channel: &str) -> Subscription {
        loop {
            match self.session.subscribe(channel).await {
                Ok(notices) => return notices,
                Err(error) => {
                    tracing::warn!(channel, %error, "no live notices yet; what they say is found a little later");
                    tokio::time::sleep(SUBSCRIBE_AGAIN).await;
                }
            }
        }
    }

    /// The vault of encrypted columns.
    ///
    /// # Errors
    /// When DAOGOU_SECRET_KEY is not set.
    pub fn vault(&self) -> Result<&Vault> {
        self.vault.as_ref().ok_or_else(|| {
            let command = crate::config::KEY_COMMAND;
            Error::Invalid(format!(
                "DAOGOU_SECRET_KEY is not set; make one with `{command}`"
            ))
        })
    }
}
