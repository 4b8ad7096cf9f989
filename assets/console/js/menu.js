// Menus made of <details>: one open at a time, closed by a click elsewhere, by leaving or by Escape.
export function menus(root) {
  const all = [...root.querySelectorAll("[data-menu]")];
  if (!all.length) return;
  root.addEventListener("click", (event) => {
    for (const menu of all) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  for (const menu of all) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  }
}
