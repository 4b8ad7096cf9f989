//! The house rules as functions: source texts in, what breaks the rule out.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;

/// The modules of the program from the ground up: each may name those before it. A new module is entered where it
/// belongs.
const FLOORS: &[&str] = &[
    // ground
    "config",
    "telemetry",
    // bench: tools that every subject uses
    "error",
    "letters",
    "vault",
    "links",
    "texts",
    "picture",
    "archive",
    "sheets",
    "signals",
    "db",
    "health",
    "context",
    "event",
    "queue",
    "lanes",
    "nodes",
    "audit",
    // subjects
    "sensitive",
    "accounts",
    "staff",
    "guides",
    "members",
    "care",
    "fields",
    "tags",
    "fans",
    "media",
    "pictures",
    "scripts",
    "outbound",
    "bindings",
    "visits",
    "conversations",
    "insiders",
    "search",
    "hand_overs",
    "bulks",
    "privacy",
    "followers",
    "menus",
    "merges",
    "registration",
    "imports",
    "exports",
    "reception",
    "checkup",
    "backup",
    // doors and hands
    "web",
    "workers",
    // what builds and starts it all
    "app",
    "commands",
];

/// The inner crates and which of their neighbours each may depend on.
pub const CRATES: &[(&str, &[&str])] = &[
    ("src/ground", &[]),
    ("src/schema", &["daogou-ground"]),
    ("src/wechat", &["daogou-ground"]),
    ("src/session", &["daogou-ground"]),
    ("src/sandbox", &["daogou-ground"]),
    ("migrations", &["daogou-ground", "daogou-schema"]),
];

/// What belongs to HTTP. Only the web and what starts it know such words.
const HTTP_WORDS: &[&str] = &[
    "actix_web",
    "actix_multipart",
    "StatusCode",
    "HttpRequest",
    "HttpResponse",
    "Responder",
];

/// Without one of these no query can be built or run. A verb may hand on a connection (`&impl ConnectionTrait`); it may
/// not use it itself.
const QUERY_WORDS: &[&str] = &[
    "EntityTrait",
    "ActiveModelTrait",
    "ModelTrait",
    "QueryFilter",
    "QuerySelect",
    "PaginatorTrait",
    "Statement",
    "execute_raw",
    "execute_unprepared",
    "query_all",
    "query_all_raw",
    "query_one",
    "query_one_raw",
    "raw_sql",
];

/// Without one of these no transaction can be opened.
const TRANSACTION_WORDS: &[&str] = &[
    "TransactionTrait",
    "begin_with_options",
    "transaction_async",
];

pub const LINES_MAX: usize = 400;

pub fn every_module_says_what_it_is_for(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| format!("{} does not begin with //! and what it is for", file.path))
        .collect()
}

pub fn a_long_file_says_why(files: &[Source]) -> Vec<String> {
    let has_reason = |file: &Source| {
        let head = file.text.lines().take_while(|line| line.starts_with("//"));
        head.into_iter()
            .any(|line| line.to_lowercase().contains("long because"))
    };
    files
        .iter()
        .filter(|file| file.text.lines().count() > LINES_MAX && !has_reason(file))
        .map(|file| {
            format!(
                "{} has more than {LINES_MAX} lines and does not say \"long because\" at its top",
                file.path
            )
        })
        .collect()
}

pub fn every_module_has_its_floor(files: &[Source]) -> Vec<String> {
    let modules: BTreeSet<&str> = files.iter().filter_map(top_module).collect();
    modules
        .into_iter()
        .filter(|module| !FLOORS.contains(module))
        .map(|module| format!("src/{module} is not in FLOORS: where does it stand?"))
        .collect()
}

pub fn a_floor_names_only_lower_floors(files: &[Source]) -> Vec<String> {
    let floor = |module: &str| FLOORS.iter().position(|known| *known == module);
    let mut found = Vec::new();
    for file in files {
        let Some(own) = top_module(file) else {
            continue;
        };
        for named in file.top_modules_named(depth(file)) {
            let above = floor(&named) > floor(own);
            let door_to_door = matches!((own, named.as_str()), ("workers", "web"));
            if floor(own).is_some() && (above || door_to_door) {
                found.push(format!(
                    "{} names {named}, which does not stand below it",
                    file.path
                ));
            }
        }
    }
    found
}

pub fn only_the_web_speaks_http(files: &[Source]) -> Vec<String> {
    forbid(files, HTTP_WORDS, |file| {
        matches!(top_module(file), Some("web" | "app"))
    })
}

pub fn queries_stand_in_queries_rs(files: &[Source]) -> Vec<String> {
    forbid(files, QUERY_WORDS, |file| {
        top_module(file) == Some("db")
            || file.path.ends_with("/queries.rs")
            || file.path.contains("/queries/")
    })
}

pub fn only_the_writer_opens_transactions(files: &[Source]) -> Vec<String> {
    forbid(files, TRANSACTION_WORDS, |file| {
        top_module(file) == Some("db")
    })
}

pub fn tasks_belong_to_app_and_workers(files: &[Source]) -> Vec<String> {
    const SPAWNS: &[&[&str]] = &[
        &["tokio", "::", "spawn"],
        &["task", "::", "spawn"],
        &["actix_web", "::", "rt", "::", "spawn"],
        &["spawn_local"],
    ];
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|f| !matches!(top_module(f), Some("app" | "workers")))
    {
        for phrase in SPAWNS.iter().filter(|phrase| file.says(phrase)) {
            found.push(format!("{} says {}", file.path, phrase.concat()));
        }
    }
    found
}

pub fn the_webhook_calls_only_reception(files: &[Source]) -> Vec<String> {
    let subjects = between("nodes", "web");
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.path.starts_with("src/web/webhook"))
    {
        for named in file.top_modules_named(depth(file)) {
            // The account's door keys come from accounts.
            let allowed = ["reception", "accounts"].contains(&named.as_str());
            if subjects.contains(&named.as_str()) && !allowed {
                found.push(format!("{} calls {named} itself", file.path));
            }
        }
    }
    found
}

pub fn the_simulator_does_not_know_our_client(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.starts_with("src/sandbox/") && file.says(&["daogou_wechat"]))
        .map(|file| format!("{} names the client", file.path))
        .collect()
}

pub fn entities_are_not_serialised(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.starts_with("src/schema/"))
        .filter(|file| file.says(&["DeriveEntityModel"]) && file.says(&["Serialize"]))
        .map(|file| {
            format!(
                "{} says Serialize: a page chooses what leaves the house",
                file.path
            )
        })
        .collect()
}

/// `manifests`: the folder of each inner crate with the text of its Cargo.toml.
pub fn back_ends_do_not_know_each_other(manifests: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    for (folder, manifest) in manifests {
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| known == folder) else {
            found.push(format!("{folder} is not in CRATES: where does it stand?"));
            continue;
        };
        let needs = manifest
            .lines()
            .skip_while(|line| line.trim() != "[dependencies]")
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split(['.', ' ', '=']).next());
        for name in needs.filter(|name| name.starts_with("daogou-") && !allowed.contains(name)) {
            found.push(format!("{folder} depends on {name}"));
        }
    }
    found
}

pub fn the_example_lists_what_is_read(config: &str, example: &str) -> Vec<String> {
    let read = keys_of(config);
    let listed: Vec<String> = example
        .lines()
        .filter_map(|line| {
            line.strip_prefix('#')
                .unwrap_or(line)
                .split_once('=')
                .map(|(key, _)| key)
        })
        .filter(|key| {
            !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .map(str::to_owned)
        .collect();
    if read == listed {
        return Vec::new();
    }
    let missing: Vec<_> = read.iter().filter(|key| !listed.contains(key)).collect();
    let surplus: Vec<_> = listed.iter().filter(|key| !read.contains(key)).collect();
    vec![format!(
        ".env.example and KEYS in src/config.rs differ: missing {missing:?}, not read {surplus:?}, or the order"
    )]
}

/// The texts in `const KEYS: &[&str] = &[ … ];`.
pub fn keys_of(config: &str) -> Vec<String> {
    let list = config
        .split_once("const KEYS")
        .and_then(|(_, after)| after.split_once("= &["))
        .and_then(|(_, after)| after.split_once("];"));
    let Some((list, _)) = list else {
        return Vec::new();
    };
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

// ── Tools ─────────────────────────────────────────────────────────────────────────────────────────────────────────

fn forbid(files: &[Source], words: &[&str], allowed: impl Fn(&Source) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| top_module(file).is_some() && !allowed(file))
    {
        let said = file.words();
        for word in words.iter().filter(|word| said.iter().any(|w| w == *word)) {
            found.push(format!("{} says {word}", file.path));
        }
    }
    found
}

/// The top module of the program that a file belongs to; none for inner crates, tests, lib.rs and main.rs.
fn top_module(file: &Source) -> Option<&str> {
    let inside = file.path.strip_prefix("src/")?;
    let inner_crate = CRATES
        .iter()
        .any(|(folder, _)| file.path.starts_with(&format!("{folder}/")));
    let name = inside
        .split('/')
        .next()
        .map(|name| name.trim_end_matches(".rs"))?;
    (!inner_crate && !["lib", "main"].contains(&name)).then_some(name)
}

/// How deep the module of a file lies: 1 for src/a.rs and src/a/mod.rs.
fn depth(file: &Source) -> usize {
    let path = file.path.trim_end_matches("/mod.rs");
    path.split('/').count().saturating_sub(1)
}

fn between(below: &str, above: &str) -> &'static [&'static str] {
    let at = |name: &str| {
        FLOORS
            .iter()
            .position(|known| *known == name)
            .unwrap_or_default()
    };
    FLOORS.get(at(below) + 1..at(above)).unwrap_or_default()
}
