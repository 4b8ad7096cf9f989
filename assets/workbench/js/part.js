// Fetches a part of a page. Whoever is signed out goes to where one signs in.
export async function part(address, options = {}) {
  const answer = await fetch(address, {
    ...options,
    headers: { ...options.headers, "x-part": "1" },
    redirect: "manual",
    cache: "no-store",
  });
  if (answer.status === 401) location.assign("/workbench/sign-in");
  return answer;
}

export function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function toast(text) {
  const place = document.querySelector("[data-toast]");
  const said = document.createElement("span");
  said.textContent = text;
  place.replaceChildren(said);
  setTimeout(() => said.remove(), 3000);
}
