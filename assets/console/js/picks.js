// A box with data-all ticks every box of its form, and shows whether some or all are; data-picked says how many.
export function picks(root) {
  for (const all of root.querySelectorAll("input[data-all]")) {
    const boxes = [...all.form.elements].filter((box) => box.type === "checkbox" && box !== all);
    const words = root.querySelector("[data-picked]");
    const none = words?.textContent;
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      if (words) words.textContent = ticked ? `已选 ${ticked} 位` : none;
    };
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      show();
    });
    for (const box of boxes) box.addEventListener("change", show);
    show();
  }
}
