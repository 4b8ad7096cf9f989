// Who is a guide and who a customer. The simulator does not know, so it is read from what their phones show:
// a guide gets relayed lines such as 【王女士 #12】 or is told that the own WeChat is linked; a customer is anyone else.
import { store } from "./store.js";
import { textOf } from "./bubbles.js";

const TO_GUIDE = /^【[^】]*#\d+】|^新朋友 .*#\d+|导购身份|你的微信早?已关联|，已上班/m;
const LOOKED_AT = 12;

function looksLikeGuide(person) {
  return store.accounts.some(({ appid }) =>
    store.chat(person, appid).items.some((item) => item.from === "account" && TO_GUIDE.test(`${textOf(item)}${item.head_content ?? ""}`)));
}

export const roleOf = (person) => (looksLikeGuide(person) ? "导购" : "顾客");

/** Makes sure that the first people's chats are known, so that their roles can be told. */
export async function learnRoles() {
  await Promise.all(store.people.slice(0, LOOKED_AT).map(({ id }) => store.refreshPhone(id)));
}

/** Whose phones to open when the address does not say: the first customer and the first guide, else the first two. */
export function firstTwo() {
  const known = store.people.slice(0, LOOKED_AT).map(({ id }) => id);
  const guide = known.find(looksLikeGuide);
  const others = known.filter((id) => !looksLikeGuide(id));
  const stranger = others.find((id) => store.accounts.every(({ appid }) => !store.standing(id, appid).subscribed));
  const customer = stranger ?? others[0];
  return guide && customer ? [customer, guide] : known.slice(0, 2);
}
