// Buttons with data-print open the browser's print window.
export function prints(root) {
  for (const button of root.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}
