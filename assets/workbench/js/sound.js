// A short sound when somebody writes, if the guide wants it.
const KEY = "workbench.sound";

function wanted() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

export function ring() {
  if (!wanted()) return;
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(0.15, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.35);
    tone.addEventListener("ended", () => audio.close());
  } catch {
    // a browser that plays nothing before a tap
  }
}

export function sound() {
  const box = document.querySelector("[data-sound]");
  if (!box) return;
  box.checked = wanted();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(KEY, box.checked ? "on" : "off");
    } catch {
      box.checked = false;
    }
    ring();
  });
}
