// Calls that need a step-up: asks the person to authenticate once more, and repeats the call, once.
//
//   import { fetchWithStepUp } from '/session/step-up.js';
//   const response = await fetchWithStepUp('/api/checkout', { method: 'POST' });
//
// The page that confirms (StepUpPath) says when it is done:
//
//   import { stepUpDone } from '/session/step-up.js';
//   stepUpDone();

const type = 'urn:sojourn:step-up-required';
const channel = 'sojourn-step-up';

let csrf; // header and token of token mode (AddCsrfTokens), known once a call was refused for want of them

/**
 * As fetch(). When the answer asks for a step-up, `confirm(problem)` has the person authenticate; when that resolves to true,
 * the call is repeated. A call that was refused at the door since a newer token overtook it (401 "superseded"), or lacks
 * the session's CSRF token, is repeated at once; an unsafe one that had begun (409) never is.
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @param {{ confirm?: (problem: { within: number, acr?: string, methods?: string[], confirm?: string }) => Promise<boolean> }} [options]
 * @returns {Promise<Response>}
 */
export async function fetchWithStepUp(input, init = {}, { confirm = confirmInWindow } = {}) {
  const request = new Request(input, init);
  if (csrf && isOwn(request) && !request.headers.has(csrf.header)) {
    request.headers.set(csrf.header, csrf.token);
  }

  const response = await send(request);
  const problem = await problemOf(response);
  return problem?.type === type && await confirm(problem) ? send(request) : response;
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

  // No other site gets the token, whatever it answers.
  csrf = isOwn(request) ? await fetch(new URL('csrf', import.meta.url)).then(answer => answer.ok ? answer.json() : null).catch(() => null) : null;
  if (csrf) {
    request.headers.set(csrf.header, csrf.token);
  }

  return Boolean(csrf);
}

function isOwn(request) {
  return new URL(request.url).origin === location.origin;
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

/** Opens the application's page in a small window. False when it was closed before it was done, or could not be opened. */
async function confirmInWindow(problem) {
  if (!problem.confirm) {
    return false;
  }

  const listen = new BroadcastChannel(channel);
  const opened = window.open(problem.confirm, channel, 'popup,width=480,height=640');
  if (!opened) {
    listen.close();
    return false;
  }

  return new Promise(resolve => {
    const finish = isDone => {
      clearInterval(watch);
      listen.close();
      resolve(isDone);
    };
    const watch = setInterval(() => opened.closed && setTimeout(finish, 200, false), 500); // the message may still be on its way
    listen.onmessage = () => finish(true);
  });
}

async function problemOf(response) {
  const isProblem = response.status >= 400 && response.headers.get('Content-Type')?.startsWith('application/problem+json');
  return isProblem ? await response.clone().json().catch(() => null) : null;
}
