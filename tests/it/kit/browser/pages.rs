//! The console in a browser: links, forms and what stands on a page.

use serde_json::Value;

use super::{Browser, REACHABLE};

/// In the dialog that is open, if one is: what lies under it cannot be reached.
const IN_FRONT: &str = "[ancestor::dialog[@open] or not(//dialog[@open])]";

impl Browser {
    /// Opens an address.
    pub async fn goes_to(&self, url: &str) {
        self.driver.goto(url).await.expect("the page opens");
    }

    /// Follows the link whose words contain `words`, anywhere on the page.
    pub async fn follows(&self, words: &str) {
        self.taps_at(&format!("//main//a{REACHABLE}[contains(., '{words}')]"))
            .await;
    }

    /// Types into the field of that name what stands there from now on.
    pub async fn fills(&self, name: &str, text: &str) {
        let path = format!("//*[@name='{name}'][not(@type='hidden')]{REACHABLE}{IN_FRONT}");
        let field = self.finds(&path).await;
        field.clear().await.expect("a field can be emptied");
        let typed = field.send_keys(text).await;
        typed.unwrap_or_else(|e| panic!("{name} cannot be filled: {e}"));
    }

    /// Chooses from the list of that name the first entry that contains `words`.
    pub async fn chooses(&self, name: &str, words: &str) {
        let path =
            format!("//select[@name='{name}']{REACHABLE}{IN_FRONT}/option[contains(., '{words}')]");
        let chosen = self.finds(&path).await.click().await;
        chosen.unwrap_or_else(|e| panic!("{words} cannot be chosen: {e}"));
    }

    /// Ticks the box of that name, or takes the tick away.
    pub async fn ticks(&self, name: &str) {
        self.taps_at(&format!("//input[@name='{name}']{REACHABLE}"))
            .await;
    }

    /// Presses the button in an open dialog or drawer, or on the page, that says `words`.
    pub async fn presses(&self, words: &str) {
        self.taps_at(&format!(
            "//button{REACHABLE}{IN_FRONT}[contains(., '{words}')]"
        ))
        .await;
    }

    /// Says yes to what the page asks before it does something, with the button that says `words`.
    pub async fn agrees(&self, words: &str) {
        self.taps_at(&format!(
            "//dialog[@open]//button{REACHABLE}[contains(., '{words}')]"
        ))
        .await;
    }

    /// Waits until the page has these words.
    pub async fn shows(&self, words: &str) {
        self.finds(&format!("//main[contains(., '{words}')]")).await;
    }

    /// Sends the form that ends in `form`, and says the status, the kind and the length of the file that it gives.
    pub async fn fetches(&self, form: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const form = document.querySelector(\"form[action$='{form}']\");
             fetch(form.action, {{ method: 'POST', body: new URLSearchParams(new FormData(form)) }})
               .then(async (answer) => done([answer.status, answer.headers.get('content-type'), (await answer.arrayBuffer()).byteLength]))
               .catch((error) => done([0, String(error), 0]));"
        );
        self.asks_and_waits(&script).await
    }
}
