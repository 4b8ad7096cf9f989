// One conversation: shows what is new once and in order, and sends what is written once, whatever the network does.
import { parsed, part, toast } from "./part.js";
import { outbox } from "./outbox.js";
import { pictures } from "./pictures.js";
import { scripts } from "./scripts.js";

export function chat(page) {
  const id = page.dataset.chat;
  const lines = page.querySelector("[data-lines]");
  const thread = page.querySelector("[data-thread]");
  const dock = page.querySelector("[data-dock-place]");
  const jump = page.querySelector("[data-jump]");
  const older = page.querySelector("[data-older]");
  const compose = page.querySelector("[data-compose]");
  const address = `/workbench/chats/${id}/lines`;
  const csrf = compose.elements.csrf.value;
  const past = page.hasAttribute("data-past");
  let last = Number(page.dataset.last);
  let said = 0;

  lines.querySelectorAll("template").forEach((rest) => rest.remove());
  compose.querySelectorAll("[data-again]").forEach((button) => (button.hidden = false));

  const atEnd = () => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const toEnd = () => {
    thread.scrollTop = thread.scrollHeight;
    jump.hidden = true;
  };

  // Puts lines where they belong by their ids; one that is there already is replaced, because its fate may have changed.
  function put(content) {
    let isNew = false;
    for (const line of content.querySelectorAll("[data-line]")) {
      const number = Number(line.dataset.line);
      const there = lines.querySelector(`[data-line="${number}"]`);
      for (const button of line.querySelectorAll("[data-again]")) button.hidden = false;
      if (there) {
        if (there.innerHTML !== line.innerHTML && !there.querySelector("details[open], audio:not([paused])")) {
          there.replaceWith(line);
        }
        continue;
      }
      isNew ||= number > last;
      const after = [...lines.children].find((other) => Number(other.dataset.line) > number);
      lines.insertBefore(line, after ?? null);
    }
    return isNew;
  }

  function take(html) {
    const content = parsed(html);
    const state = content.querySelector("[data-state]");
    const bottom = atEnd();
    const isNew = put(content);
    const place = content.querySelector("[data-dock]");
    if (place && dock.innerHTML !== place.innerHTML) dock.replaceChildren(place.content);
    last = Math.max(last, Number(state?.dataset.last ?? 0));
    if (lines.children.length > 0) page.querySelector("[data-blank]")?.remove();
    if (bottom) toEnd();
    else if (isNew) jump.hidden = false;
    return state?.hasAttribute("data-more") ?? false;
  }

  let busy = false;
  let again = false;
  async function look() {
    if (past) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      let more = true;
      while (more) {
        const answer = await part(`${address}?after=${last}`);
        if (answer.status === 404) return location.assign("/workbench/chats");
        more = answer.ok && take(await answer.text());
      }
      see();
    } catch {
      // no network: the next event, or coming online, tries again
    } finally {
      busy = false;
      if (again) {
        again = false;
        look();
      }
    }
  }

  // What stands on a page that somebody looks at is read.
  async function see() {
    if (document.hidden || last <= said) return;
    const line = last;
    said = line;
    try {
      const answer = await part(`/workbench/chats/${id}/seen`, {
        method: "POST",
        body: new URLSearchParams({ csrf, line: String(line) }),
      });
      if (!answer.ok) said = 0;
    } catch {
      said = 0;
    }
  }

  older.querySelector("a")?.addEventListener("click", async (event) => {
    event.preventDefault();
    const first = lines.querySelector("[data-line]")?.dataset.line;
    const answer = await part(`${address}?before=${first}`);
    if (!answer.ok) return;
    const content = parsed(await answer.text());
    const height = thread.scrollHeight;
    older.hidden = !content.querySelector("[data-state]").dataset.older;
    put(content);
    thread.scrollTop += thread.scrollHeight - height;
  });

  const box = outbox({ id, me: page.dataset.me, csrf, place: page.querySelector("[data-pending]"), after: () => last, take, toEnd });
  compose.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = compose.elements.text;
    const text = field.value.trimEnd();
    if (text.trim() === "") return;
    const script = field.dataset.script;
    delete field.dataset.script;
    field.value = "";
    page.querySelector(".dock__problem")?.remove();
    box.add(text, (why) => {
      // Nothing typed is lost: it is back where it was written.
      if (field.value === "") field.value = text;
      toast(why);
    }, script);
    field.focus();
  });
  compose.elements.text.addEventListener("keydown", (event) => {
    const plain = !event.shiftKey && !event.isComposing && event.keyCode !== 229;
    if (event.key === "Enter" && plain) {
      event.preventDefault();
      compose.requestSubmit();
    }
  });
  lines.addEventListener("click", (event) => {
    const button = event.target.closest("[data-again]");
    if (!button) return;
    const text = button.closest(".say").querySelector(".bubble").textContent;
    button.closest("details").open = false;
    box.add(text, toast);
  });

  page.querySelector("[data-tools]").hidden = false;
  scripts(page, {
    put(text, script) {
      compose.elements.text.value = text;
      compose.elements.text.dataset.script = script;
      compose.elements.text.focus();
    },
    send: (text, script) => box.add(text, toast, script),
  });
  pictures(page, { csrf, after: () => last, take, toEnd });

  jump.addEventListener("click", toEnd);
  thread.addEventListener("scroll", () => {
    if (atEnd()) jump.hidden = true;
  });
  // By the server's clock: a phone's own may be wrong.
  setInterval(() => {
    for (const rest of dock.querySelectorAll("[data-until]")) {
      rest.dataset.began ??= String(Date.now());
      const now = Number(rest.dataset.now) + Date.now() - Number(rest.dataset.began);
      rest.textContent = left(Number(rest.dataset.until) - now);
    }
  }, 30_000);

  mark(lines, Number(page.dataset.unread));
  if (!past) toEnd();
  see();
  box.resume();
  return look;
}

// A line above what was not read yet.
function mark(lines, unread) {
  const hers = [...lines.querySelectorAll("[data-line]:has(.say--in)")];
  const first = unread > 0 ? hers[hers.length - unread] : undefined;
  if (!first || first === lines.querySelector("[data-line]")) return;
  const line = document.createElement("p");
  line.className = "unread";
  line.textContent = "以下为未读消息";
  first.before(line);
}

function left(time) {
  const minutes = Math.floor(time / 60_000);
  if (minutes >= 2 * 1440) return `${Math.floor(minutes / 1440)} 天`;
  if (minutes >= 60) return `${Math.floor(minutes / 60)} 小时`;
  return minutes >= 1 ? `${minutes} 分钟` : "1 分钟内";
}
