// The title bar at the top of a phone's screen.
import { h, button, setText } from "./dom.js";
import { icon } from "./icons.js";

/** {element, setTitle, setBack}: `back` is what the arrow does, `action` an element at the right. */
export function titleBar({ title, back = null, backIcon = "back", action = null }) {
  const heading = h("h2", { class: "bar-title", tabindex: "-1" }, title);
  const count = h("span", { class: "bar-count num", hidden: true });
  const arrow = back ? button({ class: "bar-button bar-back", "aria-label": "返回", onclick: back }, icon(backIcon), count) : h("span");
  return {
    element: h("header", { class: "bar" }, arrow, heading, h("span", { class: "bar-end" }, action)),
    heading,
    setTitle: (words) => setText(heading, words),
    setBack: (unread) => {
      count.hidden = unread === 0;
      setText(count, unread > 99 ? "99+" : String(unread));
      arrow.setAttribute("aria-label", unread > 0 ? `返回，另有 ${unread} 条未读` : "返回");
    },
  };
}
