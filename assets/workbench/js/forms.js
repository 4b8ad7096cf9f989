// Filters that act at once and are remembered, and forms that are sent once.
export function forms() {
  for (const form of document.querySelectorAll("form[data-remember]")) {
    const key = `workbench.${form.dataset.remember}`;
    try {
      if (location.search === "" && sessionStorage.getItem(key) === null) {
        const last = localStorage.getItem(key);
        sessionStorage.setItem(key, "shown");
        if (last) {
          location.replace(`${location.pathname}?${last}`);
          return;
        }
      }
      const asked = new URLSearchParams(location.search);
      for (const name of ["q", "after"]) asked.delete(name);
      for (const [name, value] of [...asked]) if (value === "") asked.delete(name);
      localStorage.setItem(key, asked.toString());
    } catch {
      // storage may be forbidden: then nothing is remembered
    }
  }
  for (const field of document.querySelectorAll("[data-now]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-compose]") || form.method !== "post") return;
    const button = form.querySelector("button[type=submit]");
    // After the form's own data was taken.
    setTimeout(() => button && (button.disabled = true));
    addEventListener("pageshow", () => button && (button.disabled = false), { once: true });
  });
}
