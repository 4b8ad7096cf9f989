//! How each kind of fault is drawn.

use super::{Dice, Fault, Line, Plan};

pub(super) fn quirks(dice: &Dice) -> String {
    let (duplicates, reorder) = (dice.percent(30), dice.percent(25));
    let latency = if dice.percent(30) {
        dice.between(5, 250)
    } else {
        0
    };
    let retry_5xx = dice.percent(70);
    format!(
        r#"{{"silence":false,"duplicates":{duplicates},"reorder":{reorder},"latency_ms":{latency},"retry_5xx":{retry_5xx}}}"#
    )
}

pub(super) fn kills(plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let (node, down_ms) = (dice.place(plan.nodes), dice.between(0, 500));
    let fault = if dice.percent(80) {
        Fault::Kill { node, down_ms }
    } else {
        Fault::Stop { node, down_ms }
    };
    (down_ms + 300, fault)
}

const SEND: &str = "/cgi-bin/message/custom/send";
const TOKEN: &str = "/cgi-bin/stable_token";

pub(super) fn refusals(_plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let codes = [-1, 40001, 45009, 45011, 45015, 45047];
    let (code, times) = (dice.one(&codes).copied().unwrap_or(-1), dice.between(1, 3));
    let body = format!(r#"{{"path":"{SEND}","errcode":{code},"times":{times}}}"#);
    (0, Fault::WeChat("refuses", body))
}

pub(super) fn silences(_plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let after = dice.percent(60);
    let path = if dice.percent(85) { SEND } else { TOKEN };
    let how = match dice.between(0, 99) {
        0..40 => r#""drop":true"#.to_owned(),
        40..70 => r#""http_status":502"#.to_owned(),
        70..95 => format!(r#""delay_ms":{}"#, dice.between(200, 1_800)),
        _ => r#""delay_ms":10500"#.to_owned(),
    };
    let body = format!(r#"{{"path":"{path}",{how},"after_effect":{after},"times":1}}"#);
    (0, Fault::WeChat("answers badly", body))
}

pub(super) fn redis(_plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let for_ms = dice.between(150, 1_200);
    let line = [
        Line::Slow(dice.between(20, 300)),
        Line::Cut,
        Line::Silent,
        Line::HalfOpen,
    ];
    match dice.between(0, 5) {
        0 => (0, Fault::FlushRedis),
        1 => (for_ms, Fault::KillRedis { down_ms: for_ms }),
        _ => {
            let line = dice.one(&line).copied().unwrap_or(Line::Cut);
            (for_ms, Fault::Redis { line, for_ms })
        }
    }
}

pub(super) fn lines(_plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let for_ms = dice.between(150, 1_500);
    let line = [
        Line::Slow(dice.between(5, 120)),
        Line::Cut,
        Line::Silent,
        Line::HalfOpen,
    ];
    let line = dice.one(&line).copied().unwrap_or(Line::Cut);
    (for_ms, Fault::Database { line, for_ms })
}

pub(super) fn database(_plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let down_ms = dice.between(0, 700);
    (down_ms + 1_500, Fault::KillDatabase { down_ms })
}

pub(super) fn clocks(plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let jumps = [-70, -20, -3, 2, 10, 17, 51, 65, 3_700];
    let (node, seconds) = (
        dice.place(plan.nodes),
        dice.one(&jumps).copied().unwrap_or(17),
    );
    (500, Fault::Clock { node, seconds })
}

pub(super) fn disks(_plan: &Plan, dice: &Dice) -> (u64, Fault) {
    let for_ms = dice.between(100, 900);
    (for_ms, Fault::DiskFull { for_ms })
}
