// The last page of the small window that fetchWithStepUp() opens.
import { stepUpDone } from './step-up.js';

stepUpDone();
