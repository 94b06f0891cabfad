// On every page of somebody who is signed in: a word before the session ends for want of activity.
import { watchTimeLeft } from '/session/time-left.js';

watchTimeLeft();
