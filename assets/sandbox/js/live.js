// "Something changed" from the simulator: a stream of events while it works, asking every few seconds while it does not.
import { liveUrl } from "./api.js";

const POLL_MS = 3000;

/**
 * Calls `onChange({changed, person, appid, seq})` for every notice and `catchUp()` whenever notices may have been missed.
 * `onState(connected)` tells whether the stream stands.
 */
export function listen({ onChange, catchUp, onState }) {
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
      onState(true);
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
      onState(false);
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
