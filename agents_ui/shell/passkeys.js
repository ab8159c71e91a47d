/** Passkeys: what the server asks is put to the browser, and its answer sent as a form. */

/** Whether this browser knows them. */
export function known() {
  return typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
}

/**
 * Ask the server for a challenge, the browser for an answer, and send it; false where the person
 * has thought better of it. Throws where the server does not offer any, with what it said.
 * @param {HTMLFormElement} form with the fields `csrf`, `ticket` and `credential`
 * @param {string} path of the offer
 * @param {(options: any) => Promise<Credential | null>} answer
 */
export async function prove(form, path, answer) {
  const given = new FormData(form);
  const response = await fetch(path, {
    method: "POST",
    body: new URLSearchParams([...words(given)]),
  });
  if (!response.ok) throw new Error((await response.json()).error);
  const { options, ticket } = await response.json();
  const credential = await answer(options).catch(() => null);
  if (!credential) return false;
  put(form, "ticket", ticket);
  put(form, "credential", JSON.stringify(credential));
  form.submit();
  return true;
}

/** @param {any} options */
export function make(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return navigator.credentials.create({ publicKey });
}

/** @param {any} options */
export function use(options) {
  return navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
  });
}

/** @param {FormData} data @returns {Iterable<[string, string]>} */
function* words(data) {
  for (const [name, value] of data) if (typeof value === "string") yield [name, value];
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function put(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}
