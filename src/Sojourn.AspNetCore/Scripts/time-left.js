// Warns before the session ends, and leaves the page when it has ended (NIST-5.2-4, CSMCS-40).
//
//   import { watchTimeLeft } from '/session/time-left.js';
//   watchTimeLeft();                        // a dialog two minutes before
//   watchTimeLeft({ warn: show, end: go }); // or whatever the page does itself

import { fetchWithStepUp } from './step-up.js';

const texts = {
  title: 'Are you still there?',
  text: 'For your safety you will be signed out in {minutes} min, because nothing has happened for a while.',
  stay: 'Stay signed in',
  endTitle: 'Your session is about to end',
  endText: 'In {minutes} min you have to sign in again. Save what you are writing.',
  close: 'Close',
};

/** How often the page looks at its clock, in milliseconds: a long timer stands still in a machine that sleeps, the clock does not. */
const tick = 1_000;

/**
 * Asks how long the session lasts, which is no activity, and again when it should be time to warn: another tab may have
 * been used meanwhile.
 * @param {{
 *   before?: number,
 *   warn?: (seconds: number, stay: (() => Promise<boolean>) | null) => void,
 *   goOn?: () => void,
 *   end?: (reason?: string) => void,
 *   texts?: { title?: string, text?: string, stay?: string, endTitle?: string, endText?: string, close?: string },
 * }} [options] before: how many seconds before the end to warn; warn, goOn, end: what to do then, when it goes on after
 *   all, and when it is over; `stay` is null when no activity helps, since the session has lasted as long as it may; texts:
 *   for the dialog.
 * @returns {() => void} Stops watching.
 */
export function watchTimeLeft({ before = 120, warn, goOn, end = leave, texts: own = {} } = {}) {
  const dialog = warn ? null : createDialog({ ...texts, ...own });
  warn ??= dialog.show;
  goOn ??= dialog?.hide ?? (() => {});
  let nextLook = 0;
  let isLooking = false;
  let isStopped = false;
  let isWarned = false;
  let wasSignedIn = false;

  const stay = async () => {
    const response = await fetchWithStepUp(new URL('stay', import.meta.url), { method: 'POST' }).catch(() => null);
    await look();
    return response?.ok === true;
  };

  const lookIn = seconds => {
    nextLook = Date.now() + seconds * 1000;
  };

  const look = async () => {
    isLooking = true;
    const left = await fetch(new URL('time-left', import.meta.url), { signal: AbortSignal.timeout(20_000) }).then(response => response.ok ? response.json() : null).catch(() => null);
    isLooking = false;
    if (isStopped) {
      return;
    }

    if (!left) {
      lookIn(30); // the network or the server is away: the session is not known to have ended
    } else if (left.signedIn) {
      if (!wasSignedIn) {
        wasSignedIn = true;
        before = Math.min(before, Math.floor(left.idle / 2)); // of a short session, only the second half
      }

      say(left);
    } else if (left.reason === 'superseded') {
      lookIn(1); // another tab got a newer token while we asked
    } else if (wasSignedIn) {
      stop();
      end(left.reason);
    } else {
      lookIn(3600);
    }
  };

  const say = ({ idle, absolute }) => {
    const seconds = Math.min(idle, absolute);
    if (seconds <= before) {
      isWarned = true;
      warn(seconds, absolute <= idle ? null : stay);
      lookIn(Math.min(seconds + 1, 15));
      return;
    }

    if (isWarned) {
      isWarned = false;
      goOn();
    }

    lookIn(seconds - before);
  };

  const lookIfDue = () => {
    if (!isLooking && Date.now() >= nextLook) {
      look();
    }
  };

  const lookWhenSeen = () => document.visibilityState === 'visible' && !isLooking && look();
  const timer = setInterval(lookIfDue, tick);
  const stop = () => {
    isStopped = true;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', lookWhenSeen);
    goOn();
  };

  document.addEventListener('visibilitychange', lookWhenSeen);
  look();
  return stop;
}

/** The server says what a page looks like without a session; pages that need one send the browser to the sign-in. */
function leave() {
  // Not reload(): a page that answered a form would ask to send it again.
  location.replace(location.origin + location.pathname + location.search); // with the origin: "//elsewhere" is a path, too
}

function createDialog(words) {
  const dialog = document.createElement('dialog');
  const [heading, text, button] = ['h2', 'p', 'button'].map(name => document.createElement(name));
  dialog.className = 'session-time-left';
  heading.id = 'session-time-left-title';
  text.id = 'session-time-left-text';
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.setAttribute('aria-describedby', text.id);
  dialog.setAttribute('role', 'alertdialog');
  button.type = 'button';
  dialog.append(heading, text, button);
  let isClosed = false; // once, by the person, who knows now that the end cannot be put off
  return {
    show(seconds, stay) {
      heading.textContent = stay ? words.title : words.endTitle;
      text.textContent = (stay ? words.text : words.endText).replace('{minutes}', String(Math.max(1, Math.ceil(seconds / 60))));
      button.textContent = stay ? words.stay : words.close;
      const close = () => {
        isClosed = true;
        dialog.close();
      };
      button.onclick = stay ?? close;
      dialog.oncancel = stay ?? close; // Escape is a sign of life, too
      if (!dialog.isConnected) {
        document.body.append(dialog);
      }

      if (!dialog.open && (stay || !isClosed)) {
        dialog.showModal();
      }
    },
    hide() {
      isClosed = false; // a step-up put the end off: there will be another
      dialog.close();
    },
  };
}
