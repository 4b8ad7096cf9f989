//! REDIS_URL: where Redis is and how it is built.

use redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
use redis::{Client, IntoConnectionInfo, RedisResult, TlsMode};

use crate::SessionError;

/// What every key and channel of this product begins with.
const PREFIX: &str = "daogou:";
const SENTINEL_PORT: u16 = 26_379;
const REDIS_PORT: u16 = 6_379;

/// A parsed REDIS_URL. It holds a password: no `Debug` of it exists.
pub(crate) struct Address {
    pub(crate) shape: Shape,
    /// `daogou:` or `daogou:<prefix>:`.
    pub(crate) prefix: String,
    /// Host and port, for people.
    pub(crate) at: String,
}

/// How the Redis is built. The strings are `redis://` addresses with their password.
pub(crate) enum Shape {
    Single {
        node: String,
    },
    Sentinel {
        sentinels: Vec<String>,
        master: String,
        node: String,
        tls: bool,
    },
    Cluster {
        nodes: Vec<String>,
    },
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, SessionError> {
        let (scheme, rest) = url
            .trim()
            .split_once("://")
            .ok_or_else(|| wrong("it has no scheme"))?;
        let (base, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
        let tls = match base {
            "redis" => false,
            "rediss" => true,
            other => return Err(wrong(format!("{other}:// is not a Redis address"))),
        };
        let (rest, prefix) = take_prefix(rest)?;
        let (authority, path) = rest.split_once('/').unwrap_or((&rest, ""));
        // The last @: a password may contain one that was not escaped.
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let parts = Parts {
            base,
            login,
            hosts,
            path,
        };
        let shape = match kind {
            "" => parts.single()?,
            "sentinel" => parts.sentinel(tls)?,
            "cluster" => parts.cluster()?,
            other => return Err(wrong(format!("+{other} is neither +sentinel nor +cluster"))),
        };
        let address = Self {
            shape,
            prefix,
            at: hosts.to_owned(),
        };
        address.check()?;
        Ok(address)
    }

    /// A client of one server: the single one, the present master, or any node of a cluster (a notice published on
    /// one reaches all). `turn` moves on to the next host, so that a dead one is not asked for ever.
    pub(crate) async fn client(&self, turn: usize) -> RedisResult<Client> {
        match &self.shape {
            Shape::Single { node } => Client::open(node.as_str()),
            Shape::Cluster { nodes } => {
                Client::open(rotated(nodes, turn).first().copied().unwrap_or_default())
            }
            Shape::Sentinel {
                sentinels,
                master,
                node,
                tls,
            } => {
                let login = node.as_str().into_connection_info()?;
                let mut info = SentinelNodeConnectionInfo::default()
                    .set_redis_connection_info(login.redis_settings().clone());
                if *tls {
                    info = info.set_tls_mode(TlsMode::Secure);
                }
                let sentinels = rotated(sentinels, turn);
                SentinelClient::build(sentinels, master, Some(info), SentinelServerType::Master)?
                    .async_get_client()
                    .await
            }
        }
    }

    /// Finds at start what would otherwise be found at the first command.
    fn check(&self) -> Result<(), SessionError> {
        let all: Vec<&String> = match &self.shape {
            Shape::Single { node } => vec![node],
            Shape::Sentinel {
                sentinels, node, ..
            } => sentinels.iter().chain([node]).collect(),
            Shape::Cluster { nodes } => nodes.iter().collect(),
        };
        for url in all {
            // The library's words name the fault, never the address.
            url.as_str()
                .into_connection_info()
                .map_err(|e| wrong(e.to_string()))?;
        }
        Ok(())
    }
}

/// The hosts, another one first at each turn.
pub(crate) fn rotated(hosts: &[String], turn: usize) -> Vec<&str> {
    let start = turn.checked_rem(hosts.len()).unwrap_or(0);
    hosts
        .iter()
        .cycle()
        .skip(start)
        .take(hosts.len())
        .map(String::as_str)
        .collect()
}

struct Parts<'a> {
    base: &'a str,
    login: &'a str,
    hosts: &'a str,
    path: &'a str,
}

impl Parts<'_> {
    fn single(&self) -> Result<Shape, SessionError> {
        if self.hosts.contains(',') {
            return Err(wrong(
                "several hosts need redis+sentinel:// or redis+cluster://",
            ));
        }
        let node = self.url(
            self.login,
            &self.hosts_with_port(REDIS_PORT)?.concat(),
            self.path,
        );
        Ok(Shape::Single { node })
    }

    fn sentinel(&self, tls: bool) -> Result<Shape, SessionError> {
        let (master, db) = self.path.split_once('/').unwrap_or((self.path, "0"));
        if master.is_empty() {
            return Err(wrong(
                "redis+sentinel:// needs the master's name: /master/0",
            ));
        }
        // The login is the Redis servers'; Sentinels are asked without one.
        let sentinels = self
            .hosts_with_port(SENTINEL_PORT)?
            .iter()
            .map(|host| self.url("", host, ""))
            .collect();
        let node = self.url(self.login, "localhost", db);
        Ok(Shape::Sentinel {
            sentinels,
            master: master.to_owned(),
            node,
            tls,
        })
    }

    fn cluster(&self) -> Result<Shape, SessionError> {
        let nodes = self
            .hosts_with_port(REDIS_PORT)?
            .iter()
            .map(|host| self.url(self.login, host, ""))
            .collect();
        Ok(Shape::Cluster { nodes })
    }

    fn url(&self, login: &str, host: &str, path: &str) -> String {
        let at = if login.is_empty() { "" } else { "@" };
        // A login without a colon is a password to Redis people and a user to the address parser.
        let colon = if login.is_empty() || login.contains(':') {
            ""
        } else {
            ":"
        };
        let login = login.replace('@', "%40");
        format!("{}://{colon}{login}{at}{host}/{path}", self.base)
    }

    fn hosts_with_port(&self, port: u16) -> Result<Vec<String>, SessionError> {
        let hosts: Vec<&str> = self.hosts.split(',').map(str::trim).collect();
        if hosts.iter().any(|host| host.is_empty()) {
            return Err(wrong("a host is missing"));
        }
        // An IPv6 address stands in brackets, so a colon after the last bracket is the port's.
        let has_port = |host: &str| {
            host.rsplit(']')
                .next()
                .is_some_and(|tail| tail.contains(':'))
        };
        Ok(hosts
            .into_iter()
            .map(|host| {
                if has_port(host) {
                    host.to_owned()
                } else {
                    format!("{host}:{port}")
                }
            })
            .collect())
    }
}

/// Takes `?prefix=` off the address and leaves the rest of the query to the library.
fn take_prefix(rest: &str) -> Result<(String, String), SessionError> {
    let Some((before, query)) = rest.split_once('?') else {
        return Ok((rest.to_owned(), PREFIX.to_owned()));
    };
    let (ours, others): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|part| part.starts_with("prefix="));
    let name = ours.first().and_then(|part| part.strip_prefix("prefix="));
    let prefix = match name {
        None => PREFIX.to_owned(),
        Some(name)
            if !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) =>
        {
            format!("{PREFIX}{name}:")
        }
        Some(_) => return Err(wrong("prefix may have letters, digits, - _ and . only")),
    };
    let others = others.join("&");
    let rest = if others.is_empty() {
        before.to_owned()
    } else {
        format!("{before}?{others}")
    };
    Ok((rest, prefix))
}

fn wrong(reason: impl Into<String>) -> SessionError {
    SessionError::Address {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Address {
        Address::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"))
    }

    #[test]
    fn a_single_server_keeps_login_port_and_database() {
        let address = parse("redis://:p%40ss@cache:6380/2?prefix=test-1");
        let Shape::Single { node } = &address.shape else {
            panic!("not single")
        };
        let info = node.as_str().into_connection_info().unwrap();
        assert_eq!(info.redis_settings().password(), Some("p@ss"));
        assert_eq!(info.redis_settings().db(), 2);
        assert_eq!(info.addr().to_string(), "cache:6380");
        assert_eq!(address.prefix, "daogou:test-1:");
        assert_eq!(address.at, "cache:6380");
    }

    #[test]
    fn a_password_may_contain_an_at_sign_and_may_stand_alone() {
        for (url, password) in [("redis://u:a@b@h", "a@b"), ("redis://secret@h", "secret")] {
            let Shape::Single { node } = parse(url).shape else {
                panic!("not single")
            };
            let info = node.as_str().into_connection_info().unwrap();
            assert_eq!(info.redis_settings().password(), Some(password), "{url}");
        }
    }

    #[test]
    fn sentinels_get_their_default_port_and_no_login() {
        let Shape::Sentinel {
            sentinels,
            master,
            node,
            tls,
        } = parse("rediss+sentinel://u:p@s1,s2:5000/brand/3").shape
        else {
            panic!("not sentinel")
        };
        assert_eq!(sentinels, ["rediss://s1:26379/", "rediss://s2:5000/"]);
        assert_eq!((master.as_str(), tls), ("brand", true));
        assert_eq!(node, "rediss://u:p@localhost/3");
    }

    #[test]
    fn a_cluster_lists_its_nodes() {
        let Shape::Cluster { nodes } = parse("redis+cluster://h1,[::1]:7000,[::1]").shape else {
            panic!("not cluster")
        };
        assert_eq!(
            nodes,
            [
                "redis://h1:6379/",
                "redis://[::1]:7000/",
                "redis://[::1]:6379/"
            ]
        );
        assert_eq!(
            rotated(&nodes, 4),
            [
                "redis://[::1]:7000/",
                "redis://[::1]:6379/",
                "redis://h1:6379/"
            ]
        );
    }

    #[test]
    fn a_faulty_address_is_explained_without_its_password() {
        for url in [
            "localhost:6379",
            "http://u:hunter2@h",
            "redis://u:hunter2@h1,h2",
            "redis://u:hunter2@",
            "redis://u:hunter2@h/zero",
            "redis://u:hunter2@h:port/0",
            "redis+sentinel://u:hunter2@h1,h2",
            "redis+moon://u:hunter2@h",
            "redis://u:hunter2@h?prefix=a{b}",
            "redis+cluster://u:hunter2@h1,,h2",
        ] {
            let Err(error) = Address::parse(url) else {
                panic!("{url} was accepted")
            };
            let text = format!("{error} {error:?}");
            assert!(text.contains("REDIS_URL is not understood"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
