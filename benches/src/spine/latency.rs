//! How long a line takes from the push to the guide's phone, at half of the highest rate.

use crate::fault::Done;
use crate::options::Options;
use crate::report::Report;
use crate::spine::row;
use crate::stage::Stage;
use crate::stats::{self, Sample, figure};
use crate::table::Table;
use crate::talk::{self, Talk};
use crate::wire::Sender;

/// Pushes talks at half of `highest` and shows how long lines and answers took.
pub async fn run(
    options: &Options,
    sender: &Sender,
    stage: &Stage,
    highest: f64,
    report: &mut Report,
) -> Done<()> {
    let rate = highest / 2.0;
    let seconds = options.seconds * 2.0;
    let mut talk = Talk::new(sender, &stage.guides);
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
    let (mut to_guides, mut to_members, mut lost) = (Vec::new(), Vec::new(), 0);
    for _ in 0..options.rounds {
        let load = talk.load(stats::count(rate * seconds))?;
        let outcome = load.open(stage.server.address, rate).await?;
        stage.look.settled().await?;
        let arrivals = row::arrivals(&outcome, stage.api.arrivals())?;
        let (mut guides, mut members) = (Vec::new(), Vec::new());
        for (line, pushed) in &outcome.pushed {
            match arrivals.get(line).map(Vec::as_slice) {
                Some([at]) if talk::is_to_guide(*line) => {
                    guides.push((*at - *pushed).as_secs_f64() * 1e3)
                }
                Some([at]) => members.push((*at - *pushed).as_secs_f64() * 1e3),
                _ => lost += 1,
            }
        }
        to_guides.push(Sample::of(guides));
        to_members.push(Sample::of(members));
    }
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
    table.note(format!("Medians of {} rounds of {seconds} s. A push counts from the moment it was due; it arrives when the platform's side has read the call, or with the passive answer.", options.rounds));
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
        format!("{lost} lost or twice"),
        lost == 0,
    );
    Ok(())
}
