//! How long a line takes from the push to the guide's phone, at half of the highest rate.

use super::row;
use super::subjects::Whole;
use crate::fault::Done;
use crate::options::Options;
use crate::report::Report;
use crate::stage::Stage;
use crate::stats::{self, Sample, figure};
use crate::table::Table;
use crate::talk;
use crate::wire::Sender;

/// A round at a fixed rate lasts so many times a usual one: the 99th percentile needs more pushes.
const LONGER: f64 = 2.0;

/// Pushes talks at half of `highest` and shows how long lines and answers took.
pub async fn run(
    options: &Options,
    sender: &Sender,
    stage: &Stage,
    highest: f64,
    report: &mut Report,
) -> Done<()> {
    let rate = highest / 2.0;
    let mut talk = Whole::new(sender, stage);
    let (to_guides, to_members, lost) = rounds(options, &mut talk, stage, rate).await?;
    let head = [
        "from the push to",
        "p50 ms",
        "p99 ms",
        "p99 spread",
        "p99.9 ms",
        "most ms",
    ];
    let title = format!(
        "Time at half of the highest rate: {} pushes/s, open loop",
        figure(rate)
    );
    let mut table = Table::new(title, &head);
    for (name, rounds) in [
        ("a line at the guide's phone", &to_guides),
        ("an answer at the member's phone", &to_members),
    ] {
        let over = |share| super::sample(rounds, |round: &Sample| round.percentile(share));
        table.row([
            name.into(),
            figure(over(0.5).median()),
            figure(over(0.99).median()),
            over(0.99).spread(),
            figure(over(0.999).median()),
            figure(over(1.0).percentile(1.0)),
        ]);
    }
    table.note(format!("Medians of {} rounds of {} s. A push counts from the moment it was due; it arrives when the platform's side has read the call, or with the passive answer.", options.rounds, options.seconds * LONGER));
    report.show(table);
    let p99 = super::sample(&to_guides, |round| round.percentile(0.99)).median();
    report.at_most(
        "(c) p99 from push to the guide's phone at half the highest rate",
        50.0,
        p99,
        " ms",
    );
    report.holds(
        "(c) every line at half the rate arrived, once",
        format!("{lost} lost, twice or refused"),
        lost == 0,
    );
    Ok(())
}

/// Rounds of talk at `rate` pushes a second: the milliseconds of lines to guides and of answers to members, round by
/// round, and how many were refused, did not arrive or arrived twice.
pub async fn rounds(
    options: &Options,
    talk: &mut Whole<'_>,
    stage: &Stage,
    rate: f64,
) -> Done<(Vec<Sample>, Vec<Sample>, u64)> {
    let (mut to_guides, mut to_members, mut lost) = (Vec::new(), Vec::new(), 0);
    for _ in 0..options.rounds {
        let load = talk.pushes(stats::count(rate * options.seconds * LONGER))?;
        let outcome = load.open(stage.server.address, rate).await?;
        stage.look.settled().await?;
        lost += outcome.refused;
        let arrivals = row::arrivals(&outcome, stage.site.api.arrivals())?;
        let (mut guides, mut members) = (Vec::new(), Vec::new());
        for (line, pushed) in &outcome.pushed {
            let Some([at]) = arrivals.get(line).map(Vec::as_slice) else {
                lost += 1;
                continue;
            };
            let taken = (*at - *pushed).as_secs_f64() * 1e3;
            if talk::is_to_guide(*line) {
                guides.push(taken);
            } else {
                members.push(taken);
            }
        }
        to_guides.push(Sample::of(guides));
        to_members.push(Sample::of(members));
    }
    Ok((to_guides, to_members, lost))
}
