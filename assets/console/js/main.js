// Starts every behaviour of the console. Each is attached by a data attribute; every page also works without them.
import { confirms } from "./confirm.js";
import { copies } from "./copy.js";
import { deals } from "./deal.js";
import { drawers } from "./drawer.js";
import { filters } from "./filter.js";
import { guards } from "./guard.js";
import { hotkeys } from "./hotkey.js";
import { menus } from "./menu.js";
import { nav } from "./nav.js";
import { picks } from "./picks.js";
import { pictures } from "./picture.js";
import { previews } from "./preview.js";
import { prints } from "./print.js";
import { theme } from "./theme.js";
import { toasts } from "./toast.js";

for (const start of [theme, nav, menus, drawers, filters, hotkeys, copies, deals, confirms, guards, picks, pictures, previews, prints, toasts]) start(document);
