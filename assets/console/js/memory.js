// What this browser remembers about its reader's taste; forgetting is never an error.
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(`console.${key}`);
    else localStorage.setItem(`console.${key}`, value);
  } catch {
    // storage may be forbidden
  }
}
