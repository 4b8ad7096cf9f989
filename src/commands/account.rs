//! `daogou account rule`: what a scan of another guide's code does to somebody who has a guide.

use clap::{Subcommand, ValueEnum};
use daogou_schema::account::ScanRule;
use serde_json::json;

use super::{Done, Failure, open, say};
use crate::accounts;
use crate::audit::By;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Shows or sets what a scan of another guide's code does to somebody who has a guide.
    Rule {
        /// The new rule; without it the present one is shown.
        #[arg(value_enum)]
        rule: Option<Rule>,
        /// With `protect`: for how many days her guide keeps her.
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..=3650))]
        days: Option<i32>,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Rule {
    /// She stays with her first guide.
    First,
    /// She moves to the guide scanned last.
    Last,
    /// She stays for so many days, then moves to the guide scanned last.
    Protect,
}

pub(super) async fn run(action: Action) -> Done {
    let Action::Rule {
        rule,
        days,
        account,
        json,
    } = action;
    let wanted = wanted(rule, days)?;
    let ctx = open().await?;
    let mut account = accounts::choose(&ctx, account.as_deref()).await?;
    if let Some((rule, days)) = wanted {
        accounts::set_scan_rule(&ctx, account.id, rule, days, By::Command).await?;
        account = accounts::get(&ctx, account.id).await?;
    }
    let (rule, days) = (account.scan_rule, account.protection_days);
    say(&if json {
        json!({ "account": account.appid, "rule": word(rule), "days": days }).to_string()
    } else {
        explained(rule, days)
    });
    Ok(())
}

fn wanted(rule: Option<Rule>, days: Option<i32>) -> Result<Option<(ScanRule, i32)>, Failure> {
    let usage = |text: &str| Err(Failure::Usage(text.into()));
    Ok(match (rule, days) {
        (None, None) => None,
        (Some(Rule::First), None) => Some((ScanRule::FirstWins, 0)),
        (Some(Rule::Last), None) => Some((ScanRule::LastWins, 0)),
        (Some(Rule::Protect), Some(days)) => Some((ScanRule::Protected, days)),
        (Some(Rule::Protect), None) => {
            return usage("protect needs a number of days: daogou account rule protect --days 90");
        }
        (_, Some(_)) => {
            return usage("--days belongs to protect: daogou account rule protect --days 90");
        }
    })
}

fn word(rule: ScanRule) -> &'static str {
    match rule {
        ScanRule::FirstWins => "first",
        ScanRule::LastWins => "last",
        ScanRule::Protected => "protect",
    }
}

fn explained(rule: ScanRule, days: i32) -> String {
    match rule {
        ScanRule::FirstWins => "first: a customer stays with her first guide".into(),
        ScanRule::LastWins => "last: a customer moves to the guide she scanned last".into(),
        ScanRule::Protected => format!(
            "protect: a customer stays with her guide for {days} days, then moves to the guide she scanned last"
        ),
    }
}
