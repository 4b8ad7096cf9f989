// Choosing members in a list: the whole page at once, how many are chosen, and everybody who fits.
export function chooses(root) {
  for (const form of root.querySelectorAll("form[data-choose]")) {
    const boxes = [...form.querySelectorAll("tbody input[type='checkbox']")];
    const page = form.querySelector("[data-choose-page]");
    const all = form.querySelector("[data-choose-all]");
    const bar = form.querySelector("[data-chosen]");
    const count = form.querySelector("[data-chosen-count]");
    const acts = bar.querySelectorAll("button");
    page.hidden = false;
    const show = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      const everybody = all?.checked ?? false;
      page.checked = chosen === boxes.length;
      page.indeterminate = chosen > 0 && chosen < boxes.length;
      for (const act of acts) act.disabled = chosen === 0 && !everybody;
      if (everybody) count.textContent = "已选全部，不只本页";
      else if (chosen) count.textContent = `已选 ${chosen} 位会员`;
      else count.textContent = "先勾选会员，再选要做的事";
    };
    page.addEventListener("change", () => {
      for (const box of boxes) box.checked = page.checked;
      show();
    });
    form.addEventListener("change", show);
    addEventListener("pageshow", show);
    show();
  }
}
