// Who gets how many: dealt in turn, as the server does it.
import { ours } from "./words.js";

export function deals(root) {
  for (const card of root.querySelectorAll("[data-deal]")) {
    const rows = [...card.querySelectorAll("tbody tr")];
    const most = Number(card.dataset.deal);
    const deal = () => {
      const chosen = rows.filter((row) => row.querySelector("input").checked);
      // The server deals in the order of the guides' numbers.
      chosen.sort((a, b) => number(a) - number(b));
      for (const row of rows) {
        const place = chosen.indexOf(row);
        const share = Math.floor(most / chosen.length) + (place < most % chosen.length ? 1 : 0);
        row.querySelector("[data-share]").textContent = place < 0 ? "—" : ours("{0} 位", share);
      }
    };
    card.addEventListener("change", deal);
    deal();
  }
}

const number = (row) => Number(row.querySelector("input").name.slice("to-".length));
