//! The old card system (卡券): cards, gift cards, invoices. Sent to accounts that still have them, up to a day late.

use crate::node::Node;

/// Something about a card. Amounts are fen; texts are empty where the platform left an element out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardEvent {
    /// `card_pass_check`, `card_not_pass_check`.
    Checked {
        /// The card.
        card_id: String,
        /// Whether it may be issued.
        passed: bool,
        /// Why not.
        reason: Option<String>,
    },
    /// `user_get_card`.
    Taken(Box<CardTaken>),
    /// `user_gifting_card`: given to somebody else.
    Given {
        /// Which card, which code.
        card: CardField,
        /// Whether it came back because nobody took it.
        returned: bool,
        /// To whom.
        to: Option<String>,
        /// Whether it was put into a group chat.
        in_chat_room: bool,
    },
    /// `user_del_card`.
    Deleted(CardField),
    /// `user_consume_card`.
    Consumed(Box<CardConsumed>),
    /// `user_pay_from_pay_cell`: paid from the card.
    Paid {
        /// Which card, which code.
        card: CardField,
        /// The payment.
        transaction_id: String,
        /// The store.
        location_id: Option<String>,
        /// Paid.
        fee: Option<i64>,
        /// Before the discount.
        original_fee: Option<i64>,
    },
    /// `user_view_card`.
    Viewed {
        /// Which card, which code.
        card: CardField,
        /// What the link said about where from.
        outer_str: Option<String>,
    },
    /// `user_enter_session_from_card`.
    SessionEntered(CardField),
    /// `update_member_card`.
    MemberCardUpdated {
        /// Which card, which code.
        card: CardField,
        /// Change of points.
        bonus: Option<i64>,
        /// Change of balance.
        balance: Option<i64>,
    },
    /// `submit_membercard_user_info`.
    MemberInfoSubmitted(CardField),
    /// `card_sku_remind`: the stock runs low.
    StockLow {
        /// The card.
        card_id: String,
        /// In words.
        detail: String,
    },
    /// `card_pay_order`: coins for paid cards.
    CoinOrder(Box<CoinOrder>),
    /// `card_merchant_check_result`.
    MerchantChecked {
        /// The sub-merchant.
        merchant_id: String,
        /// Whether it may issue cards.
        passed: bool,
        /// Why not.
        reason: Option<String>,
    },
    /// `giftcard_pay_done`.
    GiftCardPaid(GiftCard),
    /// `giftcard_send_to_friend`.
    GiftCardSent(GiftCard),
    /// `giftcard_user_accept`.
    GiftCardAccepted(GiftCard),
    /// `user_authorize_invoice`.
    InvoiceAuthorized {
        /// The order, when it was authorised.
        succeeded_order_id: Option<String>,
        /// The order, when it was not.
        failed_order_id: Option<String>,
        /// The account that asked.
        appid: Option<String>,
        /// Where from.
        source: Option<String>,
    },
    /// `cloud_invoice_invoiceresult_event`.
    InvoiceIssued {
        /// `fpqqlsh`, the request.
        request_id: String,
        /// By number.
        status: Option<i64>,
        /// `nsrsbh`, the tax payer.
        taxpayer_id: Option<String>,
    },
}

/// One person's card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardField {
    /// Which card.
    pub card_id: String,
    /// Which of them.
    pub code: String,
}

/// How a card was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardTaken {
    /// Which card, which code.
    pub card: CardField,
    /// Whether a friend gave it.
    pub is_gift: bool,
    /// Who.
    pub friend: Option<String>,
    /// Its code before it was given.
    pub old_code: Option<String>,
    /// What the link said about where from, as number and as text.
    pub outer_id: Option<String>,
    /// See `outer_id`.
    pub outer_str: Option<String>,
    /// Whether a member card came back.
    pub is_restored: bool,
    /// Whether a friend recommended it.
    pub is_recommended: bool,
    /// The person across accounts.
    pub unionid: Option<String>,
}

/// How a card was used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardConsumed {
    /// Which card, which code.
    pub card: CardField,
    /// `FROM_API` and others.
    pub source: String,
    /// The store.
    pub location_name: Option<String>,
    /// Who did it.
    pub staff_openid: Option<String>,
    /// What the staff typed.
    pub verify_code: Option<String>,
    /// The amount that the staff noted.
    pub remark_amount: Option<String>,
    /// What the link said about where from.
    pub outer_str: Option<String>,
}

/// An order of coins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoinOrder {
    /// The order.
    pub order_id: String,
    /// `ORDER_STATUS_…`.
    pub status: String,
    /// Unix seconds.
    pub created_at: Option<i64>,
    /// Unix seconds.
    pub paid_at: Option<i64>,
    /// `ORDER_TYPE_…`.
    pub order_type: Option<String>,
    /// Coins that were free and coins that were bought.
    pub coins: (Option<i64>, Option<i64>),
    /// The same, given back.
    pub refunded: (Option<i64>, Option<i64>),
    /// In words.
    pub description: Option<String>,
    /// Note.
    pub memo: Option<String>,
    /// About the receipt.
    pub receipt: Option<String>,
}

/// A gift card's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftCard {
    /// The page it was bought on.
    pub page_id: String,
    /// The order.
    pub order_id: String,
    /// Whether it was put into a group chat.
    pub in_chat_room: bool,
    /// Whether it came back because nobody took it.
    pub returned: bool,
}

pub(super) fn read(name: &str, fields: &Node) -> Option<CardEvent> {
    one_card(name, fields)
        .or_else(|| issuing(name, fields))
        .or_else(|| orders(name, fields))
}

/// What happens to one person's card.
fn one_card(name: &str, fields: &Node) -> Option<CardEvent> {
    let card = CardField {
        card_id: fields.string("CardId"),
        code: fields.string("UserCardCode"),
    };
    let event = match name {
        "user_get_card" => CardEvent::Taken(Box::new(taken(card, fields))),
        "user_gifting_card" => CardEvent::Given {
            card,
            returned: is_one(fields, "IsReturnBack"),
            to: fields.owned("FriendUserName"),
            in_chat_room: is_one(fields, "IsChatRoom"),
        },
        "user_del_card" => CardEvent::Deleted(card),
        "user_consume_card" => CardEvent::Consumed(Box::new(consumed(card, fields))),
        "user_pay_from_pay_cell" => CardEvent::Paid {
            card,
            transaction_id: fields.string("TransId"),
            location_id: fields.owned("LocationId"),
            fee: fields.number_of("Fee"),
            original_fee: fields.number_of("OriginalFee"),
        },
        "user_view_card" => CardEvent::Viewed {
            card,
            outer_str: fields.owned("OuterStr"),
        },
        "user_enter_session_from_card" => CardEvent::SessionEntered(card),
        "update_member_card" => CardEvent::MemberCardUpdated {
            card,
            bonus: fields.number_of("ModifyBonus"),
            balance: fields.number_of("ModifyBalance"),
        },
        "submit_membercard_user_info" => CardEvent::MemberInfoSubmitted(card),
        _ => return None,
    };
    Some(event)
}

/// What happens to a card as such, or to who issues it.
fn issuing(name: &str, fields: &Node) -> Option<CardEvent> {
    let event = match name {
        "card_pass_check" | "card_not_pass_check" => CardEvent::Checked {
            card_id: fields.string("CardId"),
            passed: name == "card_pass_check",
            reason: fields.owned("RefuseReason"),
        },
        "card_sku_remind" => CardEvent::StockLow {
            card_id: fields.string("CardId"),
            detail: fields.string("Detail"),
        },
        "card_merchant_check_result" => CardEvent::MerchantChecked {
            merchant_id: fields.string("MerchantId"),
            passed: is_one(fields, "IsPass"),
            reason: fields.owned("Reason"),
        },
        _ => return None,
    };
    Some(event)
}

/// Orders: coins, gift cards, invoices.
fn orders(name: &str, fields: &Node) -> Option<CardEvent> {
    let gift_card = || GiftCard {
        page_id: fields.string("PageId"),
        order_id: fields.string("OrderId"),
        in_chat_room: is_one(fields, "IsChatRoom"),
        returned: is_one(fields, "IsReturnBack"),
    };
    let event = match name {
        "card_pay_order" => CardEvent::CoinOrder(Box::new(coin_order(fields))),
        "giftcard_pay_done" => CardEvent::GiftCardPaid(gift_card()),
        "giftcard_send_to_friend" => CardEvent::GiftCardSent(gift_card()),
        "giftcard_user_accept" => CardEvent::GiftCardAccepted(gift_card()),
        "user_authorize_invoice" => CardEvent::InvoiceAuthorized {
            succeeded_order_id: fields.owned("SuccOrderId"),
            failed_order_id: fields.owned("FailOrderId"),
            appid: fields
                .first_of(&["AuthorizeAppId", "AppId"])
                .map(str::to_owned),
            source: fields.first_of(&["source", "Source"]).map(str::to_owned),
        },
        "cloud_invoice_invoiceresult_event" => CardEvent::InvoiceIssued {
            request_id: fields.string("fpqqlsh"),
            status: fields.number_of("status"),
            taxpayer_id: fields.owned("nsrsbh"),
        },
        _ => return None,
    };
    Some(event)
}

fn taken(card: CardField, fields: &Node) -> CardTaken {
    CardTaken {
        card,
        is_gift: is_one(fields, "IsGiveByFriend"),
        friend: fields.owned("FriendUserName"),
        old_code: fields.owned("OldUserCardCode"),
        outer_id: fields.owned("OuterId"),
        outer_str: fields.owned("OuterStr"),
        is_restored: is_one(fields, "IsRestoreMemberCard"),
        is_recommended: is_one(fields, "IsRecommendByFriend"),
        unionid: fields.owned("UnionId"),
    }
}

fn consumed(card: CardField, fields: &Node) -> CardConsumed {
    CardConsumed {
        card,
        source: fields.string("ConsumeSource"),
        location_name: fields.owned("LocationName"),
        staff_openid: fields.owned("StaffOpenId"),
        verify_code: fields.owned("VerifyCode"),
        remark_amount: fields.owned("RemarkAmount"),
        outer_str: fields.owned("OuterStr"),
    }
}

fn coin_order(fields: &Node) -> CoinOrder {
    CoinOrder {
        order_id: fields.string("OrderId"),
        status: fields.string("Status"),
        created_at: fields.number_of("CreateOrderTime"),
        paid_at: fields.number_of("PayFinishTime"),
        order_type: fields.owned("OrderType"),
        coins: (
            fields.number_of("FreeCoinCount"),
            fields.number_of("PayCoinCount"),
        ),
        refunded: (
            fields.number_of("RefundFreeCoinCount"),
            fields.number_of("RefundPayCoinCount"),
        ),
        description: fields.owned("Desc"),
        memo: fields.owned("Memo"),
        receipt: fields.owned("ReceiptInfo"),
    }
}

fn is_one(fields: &Node, name: &str) -> bool {
    fields.number_of(name) == Some(1)
}
