//! How rows are sealed together.

use daogou_schema::{audit, audit_head};
use sha2::Digest;

use super::{Fault, Verdict};

/// The digest of a row behind the digest `before`: over a JSON array, in which no two rows look alike.
pub(super) fn digest(before: &str, row: &audit::Model) -> String {
    let sealed = serde_json::json!([
        before,
        row.seq,
        row.at.0,
        row.staff_id,
        row.account_id,
        row.act,
        row.subject,
        row.before,
        row.after,
    ]);
    let digest = sha2::Sha256::digest(sealed.to_string().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The log as far as it was looked through.
#[derive(Default)]
pub(super) struct Chain {
    pub seq: i64,
    digest: String,
}

impl Chain {
    /// Looks at the next row.
    pub(super) fn takes(&mut self, row: &audit::Model) -> Result<(), Verdict> {
        let broken = |seq, fault| Err(Verdict::Broken { seq, fault });
        if row.seq != self.seq + 1 {
            return broken(self.seq + 1, Fault::Missing);
        }
        if row.digest != digest(&self.digest, row) {
            return broken(row.seq, Fault::Altered);
        }
        self.seq = row.seq;
        self.digest.clone_from(&row.digest);
        Ok(())
    }

    /// Compares with where the log ends.
    pub(super) fn ends_at(self, head: &audit_head::Model) -> Verdict {
        let broken = |seq, fault| Verdict::Broken { seq, fault };
        match head.seq {
            end if end > self.seq => broken(self.seq + 1, Fault::Missing),
            end if end < self.seq || head.digest != self.digest => broken(self.seq, Fault::Altered),
            _ => Verdict::Whole {
                rows: self.seq,
                digest: self.digest,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use daogou_schema::Timestamp;

    use super::*;

    fn log(acts: &[&str]) -> (Vec<audit::Model>, audit_head::Model) {
        let mut head = audit_head::Model {
            id: 1,
            seq: 0,
            digest: String::new(),
        };
        let mut rows = Vec::new();
        for act in acts {
            let mut row = audit::Model {
                seq: head.seq + 1,
                at: Timestamp(1),
                staff_id: None,
                account_id: None,
                act: (*act).to_owned(),
                subject: "guide 1".into(),
                before: None,
                after: Some("{}".into()),
                digest: String::new(),
            };
            row.digest = digest(&head.digest, &row);
            (head.seq, head.digest) = (row.seq, row.digest.clone());
            rows.push(row);
        }
        (rows, head)
    }

    fn verdict(rows: &[audit::Model], head: &audit_head::Model) -> Verdict {
        let mut chain = Chain::default();
        for row in rows {
            if let Err(verdict) = chain.takes(row) {
                return verdict;
            }
        }
        chain.ends_at(head)
    }

    fn broken(seq: i64, fault: Fault) -> Verdict {
        Verdict::Broken { seq, fault }
    }

    #[test]
    fn a_log_as_it_was_written_is_whole() {
        let (rows, head) = log(&["a", "b", "c"]);
        assert!(matches!(
            verdict(&rows, &head),
            Verdict::Whole { rows: 3, .. }
        ));
        let (rows, head) = log(&[]);
        assert!(matches!(
            verdict(&rows, &head),
            Verdict::Whole { rows: 0, .. }
        ));
    }

    #[test]
    fn what_is_altered_removed_moved_or_cut_off_is_found() {
        let (rows, head) = log(&["a", "b", "c"]);
        for field in 0..4 {
            let mut altered = rows.clone();
            match field {
                0 => altered[1].act = "x".into(),
                1 => altered[1].subject = "guide 2".into(),
                2 => altered[1].after = None,
                _ => altered[1].at = Timestamp(2),
            }
            assert_eq!(
                verdict(&altered, &head),
                broken(2, Fault::Altered),
                "{field}"
            );
        }
        let removed = [rows[0].clone(), rows[2].clone()];
        assert_eq!(verdict(&removed, &head), broken(2, Fault::Missing));
        let mut moved = rows.clone();
        (moved[0].seq, moved[1].seq) = (2, 1);
        moved.swap(0, 1);
        assert_eq!(verdict(&moved, &head), broken(1, Fault::Altered));
        assert_eq!(verdict(&rows[..2], &head), broken(3, Fault::Missing));
        assert_eq!(verdict(&rows[1..], &head), broken(1, Fault::Missing));
        let mut closed = [rows[0].clone(), rows[2].clone()];
        closed[1].seq = 2;
        assert_eq!(verdict(&closed, &head), broken(2, Fault::Altered));
    }

    #[test]
    fn a_log_with_a_new_end_is_found_by_its_head() {
        let (_, head) = log(&["a", "b"]);
        let (forged, _) = log(&["a", "x"]);
        assert_eq!(verdict(&forged, &head), broken(2, Fault::Altered));
        let (longer, _) = log(&["a", "b", "c"]);
        assert_eq!(verdict(&longer, &head), broken(3, Fault::Altered));
    }
}
