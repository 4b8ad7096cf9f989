// The workbench's scripts: each behaviour is attached by what the page says of itself.
import { listen } from "./live.js";
import { chat } from "./chat.js";
import { chats } from "./chats.js";
import { forms } from "./forms.js";
import { photo } from "./pictures.js";
import { sound } from "./sound.js";

forms();
sound();
photo();
const page = document.querySelector("[data-chat]");
const list = document.querySelector("[data-chats]");
const look = page ? chat(page) : list ? chats(list) : () => {};
if (document.querySelector("[data-badge]")) listen(look);
