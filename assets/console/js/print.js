// Buttons with data-print: the page on paper, or as a file.
export function prints(root) {
  for (const button of root.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}
