//! Planted faults: the account must find each of them, or a balanced one would mean nothing.

use super::*;

const LIN: Person = Person(0);
const WU: Person = Person(1);
const WANG: Person = Person(2);
const LI: Person = Person(3);

fn mark(by: Person, number: u32) -> Mark {
    Mark { by, number }
}

/// A run in which everything went well: wang writes twice to her guide lin, who answers by number and bare.
fn good() -> Book {
    let mut book = Book {
        guides: [LIN, WU].into(),
        ..Book::default()
    };
    for person in [LIN, WU, WANG, LI] {
        book.phones.insert(person, Vec::new());
    }
    speaks(&mut book, mark(WANG, 1), Aim::Guides(vec![LIN]), LIN, 10);
    speaks(&mut book, mark(WANG, 2), Aim::Guides(vec![LIN]), LIN, 20);
    speaks(&mut book, mark(LIN, 1), Aim::Numbered(WANG), WANG, 30);
    speaks(&mut book, mark(LIN, 2), Aim::Bare(WANG), WANG, 40);
    book
}

/// A text that is written, accepted, stored, sent once and arrives.
fn speaks(book: &mut Book, mark: Mark, aim: Aim, to: Person, at: u64) {
    let id = i64::try_from(book.rows.len()).unwrap() + 1;
    book.said.push(Said {
        mark,
        aim,
        begun: at,
        ended: at + 5,
        accepted: true,
    });
    book.pushes.push(Push {
        id,
        from: Some(mark.by),
        state: "done".into(),
        fault: None,
        mark: Some(mark),
    });
    book.lines.push(Line {
        has_guide: true,
        mark: Some(mark),
    });
    let purpose = if book.guides.contains(&mark.by) {
        "answer"
    } else {
        "relay"
    };
    book.rows.push(Row {
        id,
        to: Some(to),
        purpose: purpose.into(),
        state: "sent".into(),
        reason: None,
        passive: false,
        push: Some(id),
        text: format!("{mark} 在吗"),
        mark: Some(mark),
    });
    book.attempts.push(Attempt {
        to: Some(to),
        marks: vec![mark],
        answer: Some("0".into()),
    });
    let label = if purpose == "relay" {
        "【新顾客 #1】"
    } else {
        ""
    };
    shows(book, to, &format!("{label}{mark} 在吗"));
}

fn shows(book: &mut Book, phone: Person, text: &str) {
    book.phones
        .entry(phone)
        .or_default()
        .push(Item { text: text.into() });
}

/// What the account finds in the good run after `change`.
fn finds(change: impl FnOnce(&mut Book)) -> Vec<Breach> {
    let mut book = good();
    change(&mut book);
    let mut found: Vec<_> = balance(&book).wrongs.iter().map(|w| w.what).collect();
    found.dedup();
    found
}

#[test]
fn a_good_run_balances() {
    let account = balance(&good());
    assert_eq!(account.wrongs, []);
    assert_eq!(account.figures["delivered"], 4);
}

#[test]
fn an_accepted_push_that_is_not_stored_is_lost() {
    assert!(finds(|book| drop(book.pushes.remove(1))).contains(&Breach::Lost));
}

#[test]
fn a_line_that_leaves_no_message_is_lost() {
    let lost = finds(|book| {
        book.rows.remove(0);
        book.attempts.remove(0);
        book.phones.get_mut(&LIN).unwrap().remove(0);
    });
    assert_eq!(lost, [Breach::Lost]);
}

#[test]
fn a_line_whose_only_message_was_dropped_is_lost() {
    let lost = finds(|book| {
        book.rows[0].state = "dropped".into();
        book.attempts.remove(0);
        book.phones.get_mut(&LIN).unwrap().remove(0);
    });
    assert_eq!(lost, [Breach::Lost]);
}

#[test]
fn what_is_called_sent_and_did_not_arrive_is_untrue() {
    let untrue = finds(|book| drop(book.phones.get_mut(&WANG).unwrap().remove(0)));
    assert!(untrue.contains(&Breach::Untrue), "{untrue:?}");
}

#[test]
fn what_arrives_twice_is_doubled() {
    let twice = finds(|book| shows(book, LIN, "【新顾客 #1】~2-1~ 在吗"));
    assert!(twice.contains(&Breach::Doubled), "{twice:?}");
}

#[test]
fn a_push_that_takes_effect_twice_is_doubled() {
    let twice = finds(|book| {
        let again = book.lines[0].clone();
        book.lines.push(again);
    });
    assert_eq!(twice, [Breach::Doubled]);
}

#[test]
fn a_greeting_that_arrives_twice_is_doubled() {
    let twice = finds(|book| {
        let mut welcome = book.rows[0].clone();
        (welcome.to, welcome.purpose) = (Some(WANG), "welcome".into());
        (welcome.text, welcome.mark) = ("您好，我是导购0。".into(), None);
        book.rows.push(welcome);
        shows(book, WANG, "您好，我是导购0。");
        shows(book, WANG, "您好，我是导购0。");
    });
    assert_eq!(twice, [Breach::Doubled]);
}

#[test]
fn a_line_on_another_phone_went_to_the_wrong_person() {
    for phone in [WU, LI] {
        let wrong = finds(|book| shows(book, phone, "~2-1~ 在吗"));
        assert!(wrong.contains(&Breach::WrongPerson), "{wrong:?}");
    }
}

#[test]
fn an_answer_that_is_only_addressed_to_another_is_found_before_it_arrives() {
    let wrong = finds(|book| {
        book.rows[2].to = Some(LI);
        book.rows[2].state = "held".into();
        book.rows[2].reason = Some("window".into());
    });
    assert!(wrong.contains(&Breach::WrongPerson), "{wrong:?}");
}

#[test]
fn a_number_that_names_two_people_is_the_wrong_person() {
    let wrong = finds(|book| {
        speaks(book, mark(LI, 1), Aim::Guides(vec![LIN]), LIN, 50);
    });
    assert_eq!(wrong, [Breach::WrongPerson], "both are #1");
}

#[test]
fn a_bare_answer_that_was_asked_about_may_go_to_whom_the_guide_then_named() {
    let asked = |book: &mut Book| {
        book.questions.push(Question {
            state: "sent".into(),
            mark: Some(mark(LIN, 2)),
        });
    };
    assert_eq!(finds(asked), [Breach::WrongPerson]);
    let named = finds(|book| {
        asked(book);
        book.named.push(Named {
            guide: LIN,
            consumer: WANG,
        });
    });
    assert_eq!(named, []);
}

#[test]
fn what_was_said_first_and_arrives_last_is_out_of_order() {
    let wrong = finds(|book| book.phones.get_mut(&LIN).unwrap().reverse());
    assert_eq!(wrong, [Breach::WrongOrder]);
    let at_once = finds(|book| {
        book.phones.get_mut(&LIN).unwrap().reverse();
        book.said[1].begun = 12;
    });
    assert_eq!(at_once, [], "said at the same time");
}

#[test]
fn a_line_that_comes_over_from_the_guide_before_may_follow_one_that_the_new_guide_stood_in_for() {
    let comes_over = finds(|book| {
        let later = book.phones.get_mut(&LIN).unwrap().pop().unwrap();
        let before = book.phones[&LIN][0].clone();
        book.phones.get_mut(&WU).unwrap().extend([later, before]);
        book.rows[1].to = Some(WU);
        book.said[0].aim = Aim::Guides(vec![LIN, WU]);
        book.said[1].aim = Aim::Guides(vec![LIN, WU]);
    });
    assert!(!comes_over.contains(&Breach::WrongOrder), "{comes_over:?}");
}

#[test]
fn sending_again_what_may_have_arrived_is_found_even_when_it_arrives_once() {
    for lost in [None, Some("drop".to_owned()), Some("http_502".to_owned())] {
        let again = finds(|book| {
            book.circumstances.answers_lost = true;
            let mut before = book.attempts[0].clone();
            before.answer = lost;
            book.attempts.insert(0, before);
        });
        assert_eq!(again, [Breach::SentAgain]);
    }
    let refused = finds(|book| {
        let mut before = book.attempts[0].clone();
        before.answer = Some("-1".into());
        book.attempts.insert(0, before);
    });
    assert_eq!(refused, [], "the platform said that it was not taken");
}

#[test]
fn an_unknown_outcome_needs_a_lost_answer() {
    let unknown = |book: &mut Book| {
        book.rows[0].state = "unknown".into();
        book.rows[0].reason = Some("no_answer".into());
    };
    assert_eq!(finds(unknown), [Breach::Unexplained]);
    let explained = finds(|book| {
        unknown(book);
        book.circumstances.answers_lost = true;
    });
    assert_eq!(explained, []);
}

#[test]
fn held_for_no_reason_is_unexplained() {
    let held = finds(|book| {
        book.rows[0].state = "held".into();
        book.attempts.remove(0);
        book.phones.get_mut(&LIN).unwrap().remove(0);
    });
    assert_eq!(held, [Breach::Unexplained]);
}

#[test]
fn what_is_under_way_at_the_end_is_restless() {
    assert!(finds(|book| book.rows[0].state = "claimed".into()).contains(&Breach::Restless));
    assert!(finds(|book| book.pushes[0].state = "stored".into()).contains(&Breach::Restless));
}

#[test]
fn rules_of_the_house_are_looked_after() {
    let broken: [fn(&mut Book); 4] = [
        |book| book.differing_answers = 1,
        |book| book.identities = [(WANG, 2)].into(),
        |book| book.numbers = vec![(1, 1, 7), (1, 2, 7)],
        |book| book.pushes[0].state = "failed".into(),
    ];
    for change in broken {
        let found = finds(change);
        assert!(found.contains(&Breach::Rule), "{found:?}");
    }
}

#[test]
fn a_window_that_the_platform_shut_unseen_is_counted() {
    let mut book = good();
    book.codes = [("45047".into(), 3)].into();
    book.circumstances.injected = [("45047".into(), 2)].into();
    let account = balance(&book);
    assert_eq!(account.wrongs, []);
    assert_eq!(account.figures["windows shut unseen"], 1);
}

#[test]
fn a_mark_that_nobody_wrote_is_untrue() {
    assert!(finds(|book| shows(book, WANG, "~0-99~")).contains(&Breach::Untrue));
}
