//! The talk of bound members with their guides, as a load: three members of a guide write a line each, then the guide
//! answers the last of them. So a guide acts often enough that the five messages of a window never run out.

use crate::fault::Done;
use crate::load::{CONNECTIONS, Group, Load};
use crate::stage::Guide;
use crate::wire::Sender;

/// Lines to the guide in a group.
pub const LINES: usize = 3;
/// Pushes in a group: the lines and the guide's answer.
pub const PUSHES: usize = LINES + 1;

/// Makes talks; every line has its own number.
pub struct Talk<'a> {
    sender: &'a Sender,
    guides: &'a [Guide],
    next_line: u32,
}

impl<'a> Talk<'a> {
    /// Between these guides and their members.
    pub fn new(sender: &'a Sender, guides: &'a [Guide]) -> Self {
        Self {
            sender,
            guides,
            next_line: 0,
        }
    }

    /// About `pushes` pushes. A guide and the guide's members stay on one connection, so that what they say keeps its
    /// order.
    pub fn load(&mut self, pushes: usize) -> Done<Load> {
        let mut load = Load::deal([]);
        let each = (pushes / PUSHES).div_ceil(CONNECTIONS).max(1);
        let guides = self.guides;
        for (at, list) in load.lists.iter_mut().enumerate() {
            let mut own = guides.iter().skip(at).step_by(CONNECTIONS).cycle();
            for _ in 0..each {
                let Some(guide) = own.next() else { break };
                list.push(self.group(guide)?);
            }
        }
        Ok(load)
    }

    fn group(&mut self, guide: &Guide) -> Done<Group> {
        let count = u64::try_from(guide.members.len())?;
        // Three different people.
        let first = self.sender.chance().below(count);
        let step = 1 + self.sender.chance().below((count / 3).max(1));
        let mut group = Vec::with_capacity(PUSHES);
        let mut last = 0;
        for n in 0..u64::try_from(LINES)? {
            last = usize::try_from((first + n * step) % count)?;
            let member = guide.members.get(last).ok_or("a guide without members")?;
            group.push(
                self.sender
                    .text(member, "这款防水吗，我想下雨天穿", Some(self.line()))?,
            );
        }
        let answer = format!("#{} 防水的，放心穿", last + 1);
        group.push(
            self.sender
                .text(&guide.openid, &answer, Some(self.line()))?,
        );
        Ok(group)
    }

    fn line(&mut self) -> u32 {
        let line = self.next_line;
        self.next_line += 1;
        line
    }
}

/// Whether a line is one to a guide; the others are answers.
pub fn is_to_guide(line: u32) -> bool {
    usize::try_from(line).is_ok_and(|line| line % PUSHES != LINES)
}
