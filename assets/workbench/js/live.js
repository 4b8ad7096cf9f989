// Hears from the server that something has changed. It carries no truth: the page then fetches what it missed.
import { ring } from "./sound.js";

export function listen(look) {
  const title = document.title;
  let waiting = null;

  function show(count) {
    for (const badge of document.querySelectorAll("[data-badge]")) {
      badge.hidden = count === 0;
      badge.querySelector("[data-badge-count]").textContent = count > 98 ? "99+" : String(count);
    }
    document.title = count > 0 ? `(${count}) ${title}` : title;
    if (waiting !== null && count > waiting) ring();
    waiting = count;
  }

  function hear(event) {
    show(JSON.parse(event.data).waiting);
    look();
  }

  let source;
  function open() {
    source?.close();
    source = new EventSource(document.body.dataset.live);
    source.addEventListener("shown", hear);
    source.addEventListener("tick", hear);
    source.addEventListener("error", () => {
      // A browser that gives up for good (the server said no) starts again later, through the page's own request.
      if (source.readyState === EventSource.CLOSED) {
        look();
        setTimeout(open, 5000);
      }
    });
  }
  open();

  // A phone that slept may keep a dead connection for minutes.
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hidden = Date.now();
      return;
    }
    look();
    if (Date.now() - hidden > 30_000) open();
  });
  addEventListener("online", () => {
    look();
    open();
  });
}
