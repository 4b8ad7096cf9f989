//! What people do: follow, scan, tap, choose.

use super::Event;
use crate::node::Node;

/// Where the pictures of a menu button come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSource {
    /// The camera (`pic_sysphoto`).
    Camera,
    /// Camera or album (`pic_photo_or_album`).
    CameraOrAlbum,
    /// The album (`pic_weixin`).
    Album,
}

pub(super) fn read(name: &str, fields: &Node) -> Option<Event> {
    let key = || fields.string("EventKey");
    let menu_id = || fields.owned("MenuId");
    let event = match name {
        "subscribe" => subscribe(fields),
        "unsubscribe" => Event::Unsubscribe,
        "scan" => Event::Scan {
            scene: key(),
            ticket: fields.owned("Ticket"),
        },
        "location" => Event::Location {
            latitude: fields.string("Latitude"),
            longitude: fields.string("Longitude"),
            precision: fields.string("Precision"),
        },
        "click" => Event::Click {
            key: key(),
            menu_id: menu_id(),
        },
        "view" => Event::View {
            url: key(),
            menu_id: menu_id(),
        },
        "view_miniprogram" => Event::ViewMiniProgram {
            page_path: key(),
            menu_id: menu_id(),
        },
        "scancode_push" | "scancode_waitmsg" => scan_code(name == "scancode_waitmsg", fields),
        "pic_sysphoto" => pictures(PictureSource::Camera, fields),
        "pic_photo_or_album" => pictures(PictureSource::CameraOrAlbum, fields),
        "pic_weixin" => pictures(PictureSource::Album, fields),
        "location_select" => location_select(fields),
        "enter" => Event::Enter,
        "user_enter_tempsession" => Event::EnterTempSession {
            session_from: fields.owned("SessionFrom"),
        },
        "debug_demo" => Event::DebugDemo {
            text: fields.string("debug_str"),
        },
        _ => return None,
    };
    Some(event)
}

/// `EventKey` has three shapes here: absent or empty, `qrscene_` before a scene (which may itself begin so), and
/// `last_trade_no_` before a payment.
fn subscribe(fields: &Node) -> Event {
    let key = fields.text_of("EventKey").unwrap_or_default();
    let after = |prefix: &str| {
        key.strip_prefix(prefix)
            .filter(|rest| !rest.is_empty())
            .map(str::to_owned)
    };
    Event::Subscribe {
        scene: after("qrscene_"),
        ticket: fields.owned("Ticket"),
        trade_no: after("last_trade_no_"),
    }
}

fn scan_code(waits: bool, fields: &Node) -> Event {
    let info = fields.child("ScanCodeInfo");
    let of = |name: &str| info.map(|info| info.string(name)).unwrap_or_default();
    Event::ScanCode {
        waits,
        key: fields.string("EventKey"),
        scan_type: of("ScanType"),
        result: of("ScanResult"),
    }
}

fn pictures(kind: PictureSource, fields: &Node) -> Event {
    let info = fields.child("SendPicsInfo");
    let md5s = info
        .and_then(|info| info.child("PicList"))
        .map(|list| {
            list.all("item")
                .filter_map(|item| item.owned("PicMd5Sum"))
                .collect()
        })
        .unwrap_or_default();
    Event::Pictures {
        kind,
        key: fields.string("EventKey"),
        count: info.and_then(|info| info.number_of("Count")),
        md5s,
    }
}

fn location_select(fields: &Node) -> Event {
    let info = fields.child("SendLocationInfo");
    let of = |name: &str| info.map(|info| info.string(name)).unwrap_or_default();
    Event::LocationSelect {
        key: fields.string("EventKey"),
        latitude: of("Location_X"),
        longitude: of("Location_Y"),
        scale: of("Scale"),
        label: of("Label"),
        place: info.and_then(|info| info.owned("Poiname")),
    }
}
