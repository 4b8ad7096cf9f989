//! The words that people can send in the chat instead of looking for a page. Pure.

/// What a guide's text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuideWord {
    /// 上班 or 下班.
    Duty(bool),
    /// 列表: my customers.
    Customers,
    /// 帮助.
    Help,
    /// 工作台: where my workbench is.
    Workbench,
    /// 解绑: free my WeChat.
    Unlink,
    /// 继续: just bring what waits.
    Receive,
    /// `1` or 收: the same while something waits, otherwise an answer.
    ReceiveOrAnswer,
    /// 撤回: forget the answer that was asked about.
    Drop,
    /// `备注 #12 王女士`: note a name.
    Name {
        /// Whom.
        number: i32,
        /// The name.
        name: String,
    },
    /// `#12` alone: talk to her from now on.
    Choose(i32),
    /// `#12 text`: this is for her.
    To {
        /// Whom.
        number: i32,
        /// What.
        text: String,
    },
    /// Anything else: an answer.
    Answer,
}

/// Reads a guide's text.
pub fn of_guide(text: &str) -> GuideWord {
    let text = text.trim();
    match text {
        "上班" => return GuideWord::Duty(true),
        "下班" => return GuideWord::Duty(false),
        "列表" => return GuideWord::Customers,
        "帮助" | "?" | "？" => return GuideWord::Help,
        "工作台" => return GuideWord::Workbench,
        "解绑" => return GuideWord::Unlink,
        "继续" => return GuideWord::Receive,
        "收" | "1" => return GuideWord::ReceiveOrAnswer,
        "撤回" => return GuideWord::Drop,
        _ => {}
    }
    if let Some((number, name)) = text
        .strip_prefix("备注")
        .and_then(|rest| numbered(rest.trim_start()))
    {
        return GuideWord::Name {
            number,
            name: name.to_owned(),
        };
    }
    match numbered(text) {
        Some((number, "")) => GuideWord::Choose(number),
        Some((number, text)) => GuideWord::To {
            number,
            text: text.to_owned(),
        },
        None => GuideWord::Answer,
    }
}

/// `#12 rest` (also full-width `＃`), with the rest trimmed. A number must end where the text begins: `#12号` is not
/// number 12 with the text 号 unless blank, punctuation or a character that is no digit follows, which it does.
fn numbered(text: &str) -> Option<(i32, &str)> {
    let rest = text.strip_prefix('#').or_else(|| text.strip_prefix('＃'))?;
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end)?;
    let number = digits.parse().ok()?;
    let rest = rest.trim_start_matches([':', '：', ',', '，', '、']).trim();
    Some((number, rest))
}

/// What a consumer's text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberWord {
    /// 换导购.
    ChangeGuide,
    /// 登记: a form for what she wants to tell of herself.
    Register,
    /// 退订: no marketing.
    Mute,
    /// 恢复订阅: marketing again.
    Unmute,
    /// 只在我问时回复.
    Quiet,
    /// 可以联系我: takes that back.
    Unquiet,
}

/// Reads a consumer's text; none when it is just a message.
pub fn of_member(text: &str) -> Option<MemberWord> {
    // "退订 。" too: blanks and marks in any order.
    let is_end = |c: char| c.is_whitespace() || "。！!.～~".contains(c);
    let text = text.trim_start().trim_end_matches(is_end);
    Some(match text {
        "换导购" | "更换导购" | "我要换导购" => MemberWord::ChangeGuide,
        "登记" | "会员登记" | "我要登记" => MemberWord::Register,
        "退订" | "TD" | "td" => MemberWord::Mute,
        "恢复订阅" => MemberWord::Unmute,
        "只在我问时回复" => MemberWord::Quiet,
        "可以联系我" => MemberWord::Unquiet,
        _ => return None,
    })
}

/// The id of a menu item that names a customer: it comes back when the guide taps it.
pub fn tap_id(number: i32) -> String {
    format!("to-{number}")
}

/// The number in such an id.
pub fn tapped(id: &str) -> Option<i32> {
    id.strip_prefix("to-")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_the_customer() {
        let to = |number, text: &str| GuideWord::To {
            number,
            text: text.into(),
        };
        assert_eq!(of_guide("#7 好的，给您留着"), to(7, "好的，给您留着"));
        assert_eq!(of_guide("＃12：有货"), to(12, "有货"));
        assert_eq!(of_guide("#12有货"), to(12, "有货"));
        assert_eq!(of_guide(" #12 "), GuideWord::Choose(12));
        assert_eq!(of_guide("#12\n第一行\n第二行"), to(12, "第一行\n第二行"));
    }

    #[test]
    fn what_only_looks_like_a_number_is_an_answer() {
        for text in [
            "#",
            "# 号",
            "12",
            "好的 #12",
            "#99999999999 您好",
            "#开学季",
        ] {
            assert_eq!(of_guide(text), GuideWord::Answer, "{text}");
        }
    }

    #[test]
    fn words_are_recognised_only_alone() {
        assert_eq!(of_guide("上班"), GuideWord::Duty(true));
        assert_eq!(of_guide("我上班了"), GuideWord::Answer);
        assert_eq!(of_member("退订"), Some(MemberWord::Mute));
        assert_eq!(of_member("换导购。"), Some(MemberWord::ChangeGuide));
        assert_eq!(of_member(" 退订 。"), Some(MemberWord::Mute));
        assert_eq!(of_member("怎么退订单"), None);
    }

    #[test]
    fn a_remark_names_a_customer() {
        assert_eq!(
            of_guide("备注 #12 王女士"),
            GuideWord::Name {
                number: 12,
                name: "王女士".into()
            }
        );
        assert_eq!(of_guide("备注一下"), GuideWord::Answer);
    }

    #[test]
    fn a_tap_comes_back_as_the_number_it_named() {
        assert_eq!(tapped(&tap_id(12)), Some(12));
        assert_eq!(tapped("menu-3"), None);
    }
}
