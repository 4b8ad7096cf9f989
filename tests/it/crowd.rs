//! A crowd at the same moment: what is decided for many at once is decided for each as if she were alone.

use std::collections::BTreeSet;

use daogou_schema::binding_event::Reason;
use daogou_schema::outbound::Purpose;
use daogou_schema::{GuideId, MemberId, guide_number};
use futures_util::future::{join, join_all};
use sea_orm::EntityTrait;

use crate::kit::{Guide, Phone, Session, Store, TestApp};

const STORE: &str = "上海静安店";
/// How many scan each code.
const EACH: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_bound_welcomed_and_heard_each_once() {
    crowd(&TestApp::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_bound_welcomed_and_heard_each_once_on_postgresql() {
    if let Some(app) = TestApp::on(Store::Postgres, Session::Embedded).await {
        crowd(&app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_bound_welcomed_and_heard_each_once_on_mariadb() {
    if let Some(app) = TestApp::on(Store::MariaDb, Session::Redis).await {
        crowd(&app).await;
    }
}

async fn crowd(app: &TestApp) {
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wu = app.guide("吴桐", STORE).await;
    let made = app.daogou_json(&["store", "code", STORE, "--json"]);
    let door = made["scene"].as_str().expect("a scene").to_owned();
    let mut people = Vec::new();
    for n in 0..EACH * 3 {
        people.push(app.person(&format!("顾客{n}")).await);
    }
    let scenes = [lin.scene.clone(), wu.scene.clone(), door];
    let scans = people
        .iter()
        .enumerate()
        .map(|(n, person)| person.scans(&scenes[n % 3]));
    join_all(scans).await;
    app.at_rest().await;
    let guides = [&lin, &wu];
    bound_once(app, &guides, &people).await;
    counted_once(app).await;

    // All write, and both guides answer, at once.
    let lines = people.iter().map(|person| async {
        person.says(&format!("{}想问一下", person.name)).await;
        person.says(&format!("{}还有一件事", person.name)).await;
    });
    let answers = guides.iter().map(|guide| async {
        for (number, _) in numbers_of(app, guide).await {
            guide
                .phone
                .says(&format!("#{number} 给{number}号的话"))
                .await;
        }
    });
    join(join_all(lines), join_all(answers)).await;
    app.at_rest().await;
    heard_once(app, &guides, &people).await;
}

/// Whatever met in the counting: each code has its scans, and each of them is somebody new.
async fn counted_once(app: &TestApp) {
    let days = app.counted().await;
    let each = i32::try_from(EACH).expect("few");
    let figures: Vec<_> = days
        .iter()
        .map(|day| (day.scans, day.followed, day.lost))
        .collect();
    assert_eq!(figures, [(each, each, 0); 3]);
}

/// Each is one guide's, has one number there, no two have the same, and her welcome is that guide's.
async fn bound_once(app: &TestApp, guides: &[&Guide; 2], people: &[Phone]) {
    for (n, person) in people.iter().enumerate() {
        let history = app.history_of(person).await;
        let reasons: Vec<_> = history.iter().map(|event| event.reason).collect();
        assert_eq!(reasons, [Reason::Scan], "{}", person.name);
        let own = app.guide_of(person).await.expect("a guide");
        if n % 3 < 2 {
            assert_eq!(own, GuideId(guides[n % 3].id), "{}", person.name);
        }
        let guide = guides.iter().find(|guide| guide.id == own.0);
        let name = &guide.expect("one of the two").phone.name;
        let outbound = app.outbound_to(person).await;
        let welcomes: Vec<_> = outbound
            .iter()
            .filter(|row| row.purpose == Purpose::Welcome)
            .map(|row| row.content.to_string())
            .collect();
        assert_eq!(welcomes.len(), 1, "{}", person.name);
        assert!(
            welcomes[0].contains(name.as_str()),
            "{}: {welcomes:?}",
            person.name
        );
    }
    let mut members = BTreeSet::new();
    let mut total = 0;
    for guide in guides {
        let numbers = numbers_of(app, guide).await;
        let given: Vec<_> = numbers.iter().map(|(number, _)| *number).collect();
        let wanted: Vec<_> = (1..).take(given.len()).collect();
        assert_eq!(given, wanted, "numbers without a gap");
        members.extend(numbers.iter().map(|(_, member)| *member));
        total += given.len();
    }
    assert_eq!((members.len(), total), (people.len(), people.len()));
}

/// Each line went to her guide once, in her order, and each answer to whom it was for.
async fn heard_once(app: &TestApp, guides: &[&Guide; 2], people: &[Phone]) {
    for guide in guides {
        let relayed = app.outbound_to(&guide.phone).await;
        let relayed: Vec<_> = relayed
            .iter()
            .filter(|row| row.purpose == Purpose::Relay)
            .map(|row| row.content.to_string())
            .collect();
        for person in people {
            let own = app.guide_of(person).await == Some(GuideId(guide.id));
            let said = |what: &str| {
                let line = format!("{}{what}", person.name);
                let places = relayed.iter().enumerate();
                let places: Vec<_> = places
                    .filter(|(_, row)| row.contains(&line))
                    .map(|(place, _)| place)
                    .collect();
                places
            };
            let (first, second) = (said("想问一下"), said("还有一件事"));
            assert_eq!(first.len(), usize::from(own), "{}", person.name);
            assert_eq!(second.len(), usize::from(own), "{}", person.name);
            assert!(first <= second, "{} is heard in her order", person.name);
        }
        for (number, member) in numbers_of(app, guide).await {
            let mut got = Vec::new();
            for person in people {
                let hers = app.outbound_to(person).await;
                let text = format!("给{number}号的话");
                let answers = hers.iter().filter(|row| {
                    row.guide_id == Some(GuideId(guide.id))
                        && row.content.to_string().contains(&text)
                });
                got.extend(answers.map(|row| row.member_id));
            }
            assert_eq!(got, [Some(member)], "#{number}");
        }
    }
}

/// The numbers that a guide has given, in order, and to whom.
async fn numbers_of(app: &TestApp, guide: &Guide) -> Vec<(i32, MemberId)> {
    let all = guide_number::Entity::find()
        .all(&app.database().await)
        .await;
    let mut numbers: Vec<_> = all
        .expect("the numbers can be read")
        .into_iter()
        .filter(|row| row.guide_id == GuideId(guide.id))
        .map(|row| (row.number, row.member_id))
        .collect();
    numbers.sort_unstable();
    numbers
}
