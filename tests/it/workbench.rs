//! The guide's workbench from outside: who comes in, whom a guide sees there, and a conversation that stays one, whichever
//! side it is written from.

mod chat;
mod customers;
mod live;
mod scope;
mod scripts;
mod sign_in;

use crate::kit::{Guide, Phone, Session, Store, TestApp};

/// A store with two guides, and a customer of each.
struct House {
    app: TestApp,
    lin: Guide,
    wu: Guide,
    wang: Phone,
    li: Phone,
}

/// Member 1 is 王女士, 林小满's; member 2 is 李先生, 吴桐's.
async fn house(store: Store, session: Session) -> Option<House> {
    let app = TestApp::on(store, session).await?;
    app.add_store("城北店");
    let (lin, wu) = (
        app.guide("林小满", "城北店").await,
        app.guide("吴桐", "城北店").await,
    );
    let (wang, li) = (app.person("王女士").await, app.person("李先生").await);
    for (phone, guide, name) in [(&wang, &lin, "林小满"), (&li, &wu, "吴桐")] {
        phone.scans(&guide.scene).await;
        phone.sees(name).await;
    }
    Some(House {
        app,
        lin,
        wu,
        wang,
        li,
    })
}

async fn on_sqlite() -> House {
    let house = house(Store::Sqlite, Session::Embedded).await;
    house.expect("SQLite")
}
