// The browser's back key: the history gets one entry for every step that can be gone back on the page.

/**
 * `steps()` tells how many there are now, `back()` goes one; `moved()` hears that another entry of the history is shown. The answer
 * is to be called whenever the number may have changed.
 */
export function trail({ steps, back, moved }) {
  let written = history.state?.steps ?? 0;
  let moving = false;
  let asked = false;

  // Several changes in one go (one screen leaves, another comes) count as one.
  const settle = () => {
    asked = false;
    if (moving) return;
    const wanted = steps();
    while (written < wanted) {
      written += 1;
      history.pushState({ steps: written }, "");
    }
    if (written > wanted) {
      moving = true;
      history.go(wanted - written);
    }
  };
  const update = () => {
    if (asked) return;
    asked = true;
    queueMicrotask(settle);
  };

  window.addEventListener("popstate", ({ state }) => {
    written = state?.steps ?? 0;
    if (!moving) for (let left = steps() - written; left > 0; left -= 1) back();
    moving = false;
    moved();
    update();
  });
  return update;
}
