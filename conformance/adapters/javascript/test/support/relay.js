// A small relay for tests: section 10.1 without bounds; and a scripted server.
import http from 'node:http';

const TYPE = 'tag:wormhole-sync.example,2026:';

export async function listen(handler) {
  const server = http.createServer(async (req, res) => {
    const chunks = [];
    for await (const c of req) chunks.push(c);
    handler(req, res, Buffer.concat(chunks).toString());
  });
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

export const json = (res, status, value, type = 'application/json') => {
  res.writeHead(status, { 'Content-Type': type });
  res.end(JSON.stringify(value));
};
export const problem = (res, status, token, extra = {}) =>
  json(res, status, { type: TYPE + token, title: token, status, ...extra }, 'application/problem+json');

/** second: milliseconds of a second. */
export async function fakeRelay({ second = 50 } = {}) {
  const channels = new Map();
  let next = 7;
  const log = [];
  const relay = await listen((req, res, body) => {
    const side = req.headers.authorization;
    const [path, query] = req.url.split('?');
    log.push(`${req.method} ${path.split('/').slice(4).join('/')}`);
    const [, , , , n, what] = path.split('/');
    if (n === undefined) {
      const id = next++;
      channels.set(String(id), { owner: side, claimant: null, cells: { offer: JSON.parse(body).body }, waiting: [], ended: null });
      return json(res, 201, { channel: id, ttl: 3600 });
    }
    const ch = channels.get(n);
    if (!ch) return problem(res, 404, 'no-such-channel');
    const wake = () => ch.waiting.splice(0).forEach((f) => f());
    if (what === 'claim') {
      if (ch.ended && ch.claimant !== side) return problem(res, 404, 'no-such-channel');
      if (ch.ended) return problem(res, 410, 'closed', { reason: ch.ended });
      if (ch.claimant && ch.claimant !== side) return problem(res, 409, 'crowded');
      ch.claimant = side;
      return json(res, 200, { body: ch.cells.offer, ttl: 600 });
    }
    if (what === 'close') {
      ch.ended ??= JSON.parse(body).reason;
      wake();
      return json(res, 200, {});
    }
    if (req.method === 'PUT') {
      if (ch.ended) return problem(res, 410, 'closed', { reason: ch.ended });
      ch.cells[what] = JSON.parse(body).body;
      wake();
      return json(res, 200, {});
    }
    const answer = () => {
      if (ch.cells[what]) return json(res, 200, { body: ch.cells[what] });
      if (ch.ended) return problem(res, 410, 'closed', { reason: ch.ended });
      return null;
    };
    if (ch.cells[what] || ch.ended) return answer();
    const w = Number(query.slice(5)) * second;
    let done = false;
    const timer = setTimeout(() => { if (!done) { done = true; res.writeHead(204); res.end(); } }, w);
    ch.waiting.push(function f() {
      if (done || res.destroyed) return;
      if (ch.cells[what] || ch.ended) { done = true; clearTimeout(timer); answer(); } else ch.waiting.push(f);
    });
  });
  return { ...relay, log, channels };
}
