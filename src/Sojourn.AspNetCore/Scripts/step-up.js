// Calls that need a step-up: asks the person to authenticate once more, and repeats the call, once.
//
//   import { fetchWithStepUp } from '/session/step-up.js';
//   const response = await fetchWithStepUp('/api/checkout', { method: 'POST' });
//
// The application's page for it (StepUpPath) needs no script: it goes to its return address, as always. That is a page of this
// library, which closes the window.

const type = 'urn:sojourn:step-up-required';
const channel = 'sojourn-step-up';

const texts = { text: 'To go on, show once more that it is you.', goOn: 'Continue', cancel: 'Not now' };

let pending; // calls that wait for the person wait for the same window
let csrf; // header and token of token mode (AddCsrfTokens), known once a call was refused for want of them

/**
 * As fetch(). When the answer asks for a step-up, `confirm(problem)` has the person authenticate; when that resolves to true,
 * the call is repeated. A call that was refused at the door since a newer token overtook it (401 "superseded"), or lacks
 * the session's CSRF token, is repeated at once; an unsafe one that had begun (409) never is.
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @param {{
 *   confirm?: (problem: { within: number, acr?: string, methods?: string[], confirm?: string }) => Promise<boolean>,
 *   returnUrl?: string,
 *   texts?: { text?: string, goOn?: string, cancel?: string },
 * }} [options] confirm: instead of the small window; returnUrl: the application's ReturnUrlParameter, if it has another name;
 *   texts: for the question that is asked when the browser opens no window by itself.
 * @returns {Promise<Response>}
 */
export async function fetchWithStepUp(input, init = {}, { confirm, returnUrl = 'returnUrl', texts: own = {} } = {}) {
  confirm ??= asked => pending ??= confirmInWindow(asked, returnUrl, { ...texts, ...own }).finally(() => pending = undefined);
  const request = new Request(input, init);
  if (csrf && isOwn(request) && !request.headers.has(csrf.header)) {
    request.headers.set(csrf.header, csrf.token);
  }

  const response = await send(request);
  const problem = await problemOf(response);
  return problem?.type === type && isOwn(response) && await confirm(problem) ? send(request) : response;
}

/** Sends a call, and again if that can help, once for each reason. */
async function send(request) {
  const tried = new Set();
  for (;;) {
    const response = await fetch(request.clone());
    const reason = (await problemOf(response))?.reason;
    if (tried.has(reason) || !await canRepeat(request, response, reason)) {
      return response;
    }

    tried.add(reason);
  }
}

async function canRepeat(request, response, reason) {
  if (reason === 'superseded') {
    // 401: it was refused at the door. 409: it may have run, and only its session data was refused.
    return response.status === 401 || request.method === 'GET' || request.method === 'HEAD';
  }

  if (reason !== 'csrf-token-missing' && reason !== 'csrf-token-invalid') {
    return false;
  }

  // No other site is sent the token, whatever it answers.
  csrf = isOwn(request) ? await fetch(new URL('csrf', import.meta.url)).then(answer => answer.ok ? answer.json() : null).catch(() => null) : null;
  if (csrf) {
    request.headers.set(csrf.header, csrf.token);
  }

  return Boolean(csrf);
}

/** Whether a request goes to this origin, or a response came from it, redirects included. */
function isOwn({ url }) {
  return new URL(url).origin === location.origin;
}

/** Tells every page of this browser that the person has authenticated, and closes the window if it was opened for that. */
export function stepUpDone() {
  const tell = new BroadcastChannel(channel);
  tell.postMessage('done');
  tell.close();
  if (window.name === channel) {
    window.close();
  }
}

/**
 * Opens the application's page in a small window. True when that is closed, whatever was done in it: the server knows. False when
 * the person would not have it opened.
 */
async function confirmInWindow(problem, returnUrl, words) {
  if (!problem.confirm) {
    return false;
  }

  const address = new URL(problem.confirm, location.href);
  if (!isOwn({ url: address.href })) {
    return false; // the person types a password there
  }

  address.searchParams.set(returnUrl, new URL('done', import.meta.url).pathname);
  const open = () => window.open(address, channel, 'popup,width=480,height=640');
  const opened = open() ?? await openWhenPressed(open, words); // browsers open windows only soon after a click
  if (!opened) {
    return false;
  }

  const listen = new BroadcastChannel(channel);
  return new Promise(resolve => {
    const finish = () => {
      clearInterval(watch);
      listen.close();
      resolve(true);
    };
    const watch = setInterval(() => opened.closed && finish(), 500);
    listen.onmessage = finish;
  });
}

function openWhenPressed(open, words) {
  const dialog = document.createElement('dialog');
  const [text, goOn, cancel] = ['p', 'button', 'button'].map(name => document.createElement(name));
  dialog.className = 'session-step-up';
  dialog.setAttribute('aria-label', words.text);
  text.textContent = words.text;
  [goOn.textContent, cancel.textContent] = [words.goOn, words.cancel];
  goOn.type = cancel.type = 'button';
  dialog.append(text, goOn, cancel);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => {
    goOn.onclick = () => {
      resolve(open());
      dialog.close();
    };
    cancel.onclick = () => dialog.close();
    dialog.onclose = () => {
      dialog.remove();
      resolve(null); // unless it was answered before
    };
  });
}

async function problemOf(response) {
  const isProblem = response.status >= 400 && response.headers.get('Content-Type')?.startsWith('application/problem+json');
  return isProblem ? await response.clone().json().catch(() => null) : null;
}
