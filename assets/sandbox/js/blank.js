// What the desk says when there is nothing to show yet: how to connect an account, or that the simulator is away.
import { h, button } from "./dom.js";

/** How a first account gets here. */
export function connectGuide() {
  const call = `curl -X POST ${location.origin}/sandbox/v1/accounts \\
  -H 'content-type: application/json' -d '{
    "appid": "wx1234567890abcdef",
    "secret": "…",
    "original_id": "gh_1234567890ab",
    "token": "…",
    "encoding_aes_key": "43 个字符",
    "mode": "secure",
    "kind": "service",
    "callback_url": "http://127.0.0.1:8080/wechat/wx1234567890abcdef"
  }'`;
  return [
    h("h2", {}, "还没有公众号接进来"),
    h("p", {}, "想直接看完整的示例，运行 ", h("code", {}, "daogou demo"), "：公众号、导购和顾客都替你准备好。"),
    h("p", {}, "要接自己的服务，把它的公众号告诉模拟器："),
    h("pre", { class: "code", tabindex: "0" }, call),
    h("p", { class: "quiet" }, "接进来之后，这一页会自己更新。"),
  ];
}

/** The simulator does not answer. */
export function unreachable(error, again) {
  return [h("h2", {}, "连不上模拟器"), h("p", {}, error.message), button({ class: "fill-button", onclick: again }, "再试一次")];
}
