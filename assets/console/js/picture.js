import { ours } from "./words.js";

// Forms with data-picture: the chosen picture is shown there before it is sent.
export function pictures(root) {
  for (const shown of root.querySelectorAll("[data-picture]")) {
    const field = shown.closest("form")?.querySelector("input[type=file]");
    field?.addEventListener("change", () => {
      const [file] = field.files;
      if (!file?.type.startsWith("image/")) return;
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        const picture = new Image();
        picture.src = reader.result;
        picture.alt = ours("选好的图片");
        shown.replaceChildren(picture);
      });
      reader.readAsDataURL(file);
    });
  }
}
