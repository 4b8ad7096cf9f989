// Forms with data-preview="address": while somebody types, the fragment with data-shown shows what it would come to.
// Buttons with data-fill put their text where the cursor stands.
const PAUSE = 250;

export function previews(root) {
  for (const form of root.querySelectorAll("form[data-preview]")) {
    const shown = root.querySelector("[data-shown]");
    let waiting = 0;
    let latest = 0;
    const look = async () => {
      const mine = ++latest;
      try {
        const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        const text = answer.ok && !answer.redirected ? await answer.text() : "";
        if (text && mine === latest) shown.innerHTML = text;
      } catch {
        // no network: the last picture stays, and saving says what is wrong
      }
    };
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(look, PAUSE);
    };
    form.addEventListener("input", soon);
    // Fields that belong to the form and stand beside it.
    for (const field of form.elements) if (!form.contains(field)) field.addEventListener("input", soon);
    for (const button of form.querySelectorAll("[data-fill]")) {
      button.addEventListener("click", () => {
        const field = form.querySelector("textarea");
        field.setRangeText(button.dataset.fill, field.selectionStart, field.selectionEnd, "end");
        field.focus();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  }
}
