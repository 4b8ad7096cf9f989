// "Something changed" from the simulator: a stream of events while it works, asking every few seconds while it does not.
import { liveUrl } from "./api.js";

const POLL_MS = 3000;

/**
 * Calls `onChange({changed, person, appid, seq})` for every notice and `catchUp()` whenever notices may have been missed.
 * `onLost()` is called when the stream breaks.
 */
export function listen({ onChange, catchUp, onLost }) {
  let source = null;
  let poll = null;

  const stopPolling = () => {
    clearInterval(poll);
    poll = null;
  };

  const open = () => {
    source?.close();
    source = new EventSource(liveUrl);
    source.onopen = () => {
      stopPolling();
      catchUp();
    };
    source.onmessage = (event) => {
      let notice = null;
      try {
        notice = JSON.parse(event.data);
      } catch {
        return;
      }
      onChange(notice);
    };
    source.onerror = () => {
      onLost();
      poll ??= setInterval(() => {
        catchUp();
        if (source.readyState === EventSource.CLOSED) open();
      }, POLL_MS);
    };
  };

  // A sleeping phone misses notices without an error.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) catchUp();
  });
  open();
}
