// 发现: where people look for the scanner.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";

export function discover(phone) {
  return {
    element: h("div", {},
      h("ul", { class: "cells cells--apart" }, h("li", {},
        button({ class: "cell", onclick: () => phone.open("scan") }, h("span", { class: "cell-icon cell-icon--scan" }, icon("scan")),
          h("span", { class: "cell-name" }, "扫一扫"), icon("chevron")))),
      h("p", { class: "group-words" }, "能扫到的是公众号已经生成的带参数二维码：导购码、门店码和一次性的关联码。")),
  };
}
