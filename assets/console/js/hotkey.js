// Ctrl-K or ⌘K goes to the search field.
export function hotkeys(root) {
  const field = root.querySelector("[data-hotkey='search']");
  if (!field) return;
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  const sign = field.parentElement.querySelector("kbd");
  if (sign && mac) sign.textContent = "⌘K";
  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(mac ? event.metaKey : event.ctrlKey) || event.altKey || event.shiftKey) return;
    if (root.querySelector("dialog[open]")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
