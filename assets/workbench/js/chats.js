// The list of conversations, fetched anew when something has changed.
import { part } from "./part.js";

export function chats(list) {
  let busy = false;
  let again = false;
  return async function look() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await part("/workbench/chats");
      if (answer.ok) {
        list.innerHTML = await answer.text();
        if (list.children.length > 0 && list.hidden) {
          list.hidden = false;
          document.querySelector(".blank")?.remove();
        }
      }
    } catch {
      // no network: the next event tries again
    } finally {
      busy = false;
      if (again) {
        again = false;
        look();
      }
    }
  };
}
