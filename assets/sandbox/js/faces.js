// Pictures of people and accounts: a letter on a colour that is always the same for the same name.
import { h } from "./dom.js";

const TITLES = /(女士|先生|小姐|老师|同学|阿姨|叔叔)$/;

function letterOf(name) {
  const trimmed = name.trim();
  if (TITLES.test(trimmed) || !/^[\u4e00-\u9fa5]{2,4}$/.test(trimmed)) return [...trimmed][0]?.toUpperCase() ?? "?";
  return [...trimmed].at(-1);
}

function hueOf(name) {
  let sum = 17;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return sum % 360;
}

/** The square face of a person. */
export function personFace(name) {
  const element = h("span", { class: "face", "aria-hidden": "true" }, letterOf(name));
  element.style.setProperty("--hue", hueOf(name));
  return element;
}

/** The square face of an account. */
export function accountFace(account) {
  return h("span", { class: "face face--account", "aria-hidden": "true", "data-kind": account?.kind }, [...(account?.name ?? "?")][0]);
}
