// Runs before the first paint: says that scripts work, and restores theme and navigation without a flash.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const theme = localStorage.getItem("console.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("console.nav") === "rail") root.dataset.nav = "rail";
  } catch {
    // storage may be forbidden: the page then follows the system
  }

  // a form that has to ask first waits for the scripts that ask
  const hold = (event) => {
    if (event.target.matches("form[data-confirm]")) event.preventDefault();
  };
  document.addEventListener("submit", hold, true);
  addEventListener("load", () => document.removeEventListener("submit", hold, true), { once: true });
})();
