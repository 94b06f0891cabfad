// Warns before the session ends for want of activity, and leaves the page when it has ended (NIST-5.2-4, CSMCS-40).
//
//   import { watchTimeLeft } from '/session/time-left.js';
//   watchTimeLeft();                        // a dialog two minutes before
//   watchTimeLeft({ warn: show, end: go }); // or whatever the page does itself

import { fetchWithStepUp } from './step-up.js';

const texts = {
  title: 'Are you still there?',
  text: 'For your safety you will be signed out in {minutes} min, because nothing has happened for a while.',
  stay: 'Stay signed in',
};

/**
 * Asks how long the session lasts, which is no activity, and again when it should be time to warn: another tab may have
 * been used meanwhile.
 * @param {{
 *   before?: number,
 *   warn?: (seconds: number, stay: () => Promise<boolean>) => void,
 *   goOn?: () => void,
 *   end?: (reason?: string) => void,
 *   texts?: { title?: string, text?: string, stay?: string },
 * }} [options] before: how many seconds before the end to warn; warn, goOn, end: what to do then, when it goes on after
 *   all, and when it is over; texts: for the dialog.
 * @returns {() => void} Stops watching.
 */
export function watchTimeLeft({ before = 120, warn, goOn, end = leave, texts: own = {} } = {}) {
  const dialog = warn ? null : createDialog({ ...texts, ...own });
  warn ??= dialog.show;
  goOn ??= dialog?.hide ?? (() => {});
  let timer;
  let isWarned = false;
  let wasSignedIn = false;

  const stay = async () => {
    const response = await fetchWithStepUp(new URL('stay', import.meta.url), { method: 'POST' }).catch(() => null);
    await look();
    return response?.ok === true;
  };

  const look = async () => {
    clearTimeout(timer);
    const left = await fetch(new URL('time-left', import.meta.url)).then(response => response.ok ? response.json() : null).catch(() => null);
    if (!left) {
      timer = setTimeout(look, 30_000); // the network or the server is away: the session is not known to have ended
      return;
    }

    if (!left.signedIn) {
      if (wasSignedIn) {
        goOn();
        end(left.reason);
      }

      return;
    }

    wasSignedIn = true;
    const seconds = Math.min(left.idle, left.absolute);
    if (seconds <= before) {
      isWarned = true;
      warn(seconds, stay);
      timer = setTimeout(look, Math.min(seconds + 1, 15) * 1000);
    } else {
      if (isWarned) {
        isWarned = false;
        goOn();
      }

      timer = setTimeout(look, Math.min(seconds - before, 86_400) * 1000);
    }
  };

  const lookWhenSeen = () => document.visibilityState === 'visible' && look(); // timers stand still in a machine that sleeps
  document.addEventListener('visibilitychange', lookWhenSeen);
  look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', lookWhenSeen);
    goOn();
  };
}

/** The server says what a page looks like without a session; pages that need one send the browser to the sign-in. */
function leave() {
  location.reload();
}

function createDialog({ title, text, stay }) {
  const dialog = document.createElement('dialog');
  const [heading, words, button] = ['h2', 'p', 'button'].map(name => document.createElement(name));
  dialog.className = 'session-time-left';
  heading.id = 'session-time-left-title';
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.setAttribute('role', 'alertdialog');
  heading.textContent = title;
  button.type = 'button';
  button.textContent = stay;
  dialog.append(heading, words, button);
  return {
    show(seconds, goOn) {
      words.textContent = text.replace('{minutes}', String(Math.max(1, Math.ceil(seconds / 60))));
      button.onclick = goOn;
      dialog.oncancel = goOn; // Escape is a sign of life, too
      if (!dialog.isConnected) {
        document.body.append(dialog);
      }

      if (!dialog.open) {
        dialog.showModal();
      }
    },
    hide() {
      dialog.close();
    },
  };
}
