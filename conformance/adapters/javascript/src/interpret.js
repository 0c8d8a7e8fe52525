// What an answer means (section 11.2).
import { readMessage, problemToken } from './messages.js';

/** RELAY-16. @type {Set<import('./index.js').CloseReason>} */
const REASONS = new Set([
  'done', 'wrong-code', 'bad-element', 'malformed-message', 'verifier-mismatch',
  'not-taken', 'cancelled', 'timeout', 'relay-misbehaved',
]);

/** OUT-4. @param {string} reason */
export const closeReason = (reason) => (REASONS.has(/** @type {any} */ (reason)) ? reason : 'other');

/** @param {import('./http.js').Answer} answer @param {string} name */
const all = (answer, name) => answer.headers.filter(([n]) => n === name).map(([, v]) => v);

/** CLIENT-11. @param {import('./http.js').Answer} answer */
function contentType(answer) {
  const lines = all(answer, 'content-type');
  return lines.length === 1 ? lines[0].split(';')[0].replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase() : null;
}

/** CLIENT-12. @param {import('./http.js').Answer} answer */
const hasCoding = (answer) =>
  all(answer, 'content-encoding').some((line) =>
    line.split(',').some((m) => !['', 'identity'].includes(m.replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase())),
  );

/** CLIENT-14. @param {import('./http.js').Answer} answer @returns {number} seconds, perhaps Infinity; 0 for none */
function retryAfter(answer) {
  const lines = all(answer, 'retry-after');
  return lines.length === 1 && /^[0-9]+$/.test(lines[0]) ? Number(lines[0]) : 0;
}

const SUCCESS = {
  allocate: [201, 'allocated'],
  claim: [200, 'claimed'],
  put: [200, 'empty'],
  'get answer': [200, 'cell answer'],
  'get finish': [200, 'cell finish'],
  'get receipt': [200, 'cell receipt'],
};

/**
 * @typedef {{ failed: 'lost' | 'busy', certificate: boolean, retryAfter: number }} Failed
 * @typedef {{ event: string, reason?: string, message?: Record<string, any> }} Read
 * `event` is `success` for a message that came as the table says; the run goes on with its content.
 */

/**
 * CLIENT-7.
 * @param {string} request `allocate`, `claim`, `put answer`, ..., `get receipt`, `close`
 * @param {import('./http.js').Came} came
 * @param {boolean} first is this the first attempt of the request? (CLIENT-15)
 * @returns {Failed | Read}
 */
export function interpret(request, came, first) {
  if (request === 'close') return { event: 'close-tried' };
  if (came.lost) return { failed: 'lost', certificate: came.certificate, retryAfter: 0 };
  const { answer } = came;
  const { status } = answer;
  const busy = (seconds) => /** @type {Failed} */ ({ failed: 'busy', certificate: false, retryAfter: seconds });
  if (status === 429 || (status >= 500 && status <= 599)) {
    return busy(status === 429 || status === 503 ? retryAfter(answer) : 0);
  }
  const type = contentType(answer);
  const json = type === 'application/json';
  const problemType = type === 'application/problem+json';
  const put = request.startsWith('put ');
  const get = request.startsWith('get ');
  if ((put || get) && !(get && status === 204) && !json && !problemType) return busy(0);
  if (answer.tooLong || hasCoding(answer)) return { event: 'misbehaved' };
  if (get && status === 204) return { event: 'empty' };
  const [wanted, kind] = SUCCESS[put ? 'put' : request];
  if (status === wanted && json) {
    const message = readMessage(kind, answer.body);
    return message ? { event: 'success', message } : { event: 'misbehaved' };
  }
  if (problemType && [403, 404, 409, 410].includes(status)) {
    const problem = readMessage('problem', answer.body);
    const token = problem ? problemToken(problem.type) : null;
    if ((status === 403 && token === 'forbidden') || (status === 404 && token === 'no-such-channel')) {
      return request === 'put finish' && first ? { event: 'closed', reason: 'lost' } : { event: token };
    }
    if (status === 409 && token === 'crowded') return { event: 'crowded' };
    if (status === 410 && token === 'closed') {
      const { reason } = /** @type {Record<string, string>} */ (problem);
      if (reason === 'expired') return { event: 'expired' };
      if (reason === 'verifier-mismatch') return { event: 'mismatch-reported', reason };
      return { event: 'closed', reason: closeReason(reason) };
    }
  }
  return { event: 'misbehaved' };
}
