// Scripts in a sheet from below: one tap puts the words where one writes, another button sends them at once.
import { part } from "./part.js";

export function scripts(page, { put, send }) {
  const open = page.querySelector("[data-scripts]");
  const sheet = page.querySelector("[data-sheet]");
  const rows = sheet.querySelector("[data-script-rows]");
  const find = sheet.querySelector("[data-script-find]");
  let asked = 0;

  async function fill() {
    asked += 1;
    const mine = asked;
    try {
      const answer = await part(`${open.dataset.scripts}?q=${encodeURIComponent(find.value.trim())}`);
      // Only what was asked for last is shown.
      if (answer.ok && mine === asked) rows.innerHTML = await answer.text();
    } catch {
      rows.textContent = "没有网络，稍后再试";
    }
  }

  open.addEventListener("click", () => {
    find.value = "";
    sheet.showModal();
    fill();
  });
  sheet.querySelector("[data-sheet-close]").addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  let pause;
  find.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(fill, 150);
  });
  rows.addEventListener("click", (event) => {
    const row = event.target.closest(".script");
    if (!row) return;
    const text = row.querySelector("[data-words]").textContent;
    const sent = event.target.closest("[data-script-send]");
    if (sent) send(text, sent.dataset.scriptSend);
    else if (event.target.closest("[data-script]")) put(text, row.querySelector("[data-script]").dataset.script);
    else return;
    sheet.close();
  });
}
