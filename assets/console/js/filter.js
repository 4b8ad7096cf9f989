// Filter forms send themselves when a choice changes; empty fields stay out of the address.
export function filters(root) {
  for (const form of root.querySelectorAll("form[data-filter]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select")) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      const empty = [...form.elements].filter((field) => field.name && field.value === "");
      for (const field of empty) field.disabled = true;
      setTimeout(() => {
        for (const field of empty) field.disabled = false;
      });
    });
  }
}
