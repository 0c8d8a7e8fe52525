// Values that a user gives (section 3).

/** @param {Uint8Array} appid APP-1 */
export const appidAllowed = (appid) => appid.length >= 1 && appid.length <= 128;

/** @param {Uint8Array} blob BLOB-1 */
export const blobAllowed = (blob) => blob.length <= 65535;

const PATH_CHAR = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

/** @param {string} text @returns {number[] | null} */
function parseIPv4(text) {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => OCTET.test(p) && Number(p) <= 255)) return null;
  return parts.map(Number);
}

/** RFC 3986 IPv6address. @param {string} text @returns {number[] | null} eight groups */
function parseIPv6(text) {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = (half, last) => {
    if (half === '') return [];
    const out = [];
    const parts = half.split(':');
    for (let i = 0; i < parts.length; i++) {
      if (/^[0-9A-Fa-f]{1,4}$/.test(parts[i])) out.push(parseInt(parts[i], 16));
      else {
        const v4 = last && i === parts.length - 1 ? parseIPv4(parts[i]) : null;
        if (!v4) return null;
        out.push(v4[0] * 256 + v4[1], v4[2] * 256 + v4[3]);
      }
    }
    return out;
  };
  const head = groups(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1], true) : [];
  if (!head || !tail) return null;
  const n = head.length + tail.length;
  if (halves.length === 1) return n === 8 ? head : null;
  return n <= 7 ? [...head, ...new Array(8 - n).fill(0), ...tail] : null;
}

/**
 * @typedef {object} Rendezvous
 * @property {boolean} secure
 * @property {string} host without brackets
 * @property {number} port
 * @property {string} path less one trailing slash
 */

/**
 * Reads a rendezvous address (RDV-1, RDV-2).
 * @param {string} address
 * @param {boolean} [allowHttp] the user has explicitly allowed plain http to anywhere
 * @returns {Rendezvous | null}
 */
export function parseRendezvous(address, allowHttp = false) {
  if (typeof address !== 'string') return null;
  if (address.length < 1 || address.length > 2048 || !/^[\x21-\x7e]+$/.test(address)) return null;
  const m = /^(https?):\/\/([^/?#]*)([^?#]*)$/i.exec(address);
  if (!m || m[0].length !== address.length) return null;
  const secure = m[1].toLowerCase() === 'https';
  const hp = /^(\[[^\]@]*\]|[A-Za-z0-9\-._]+)(?::([0-9]+))?$/.exec(m[2]);
  if (!hp) return null;
  const path = m[3];
  if (!PATH_CHAR.test(path)) return null;
  for (const segment of path.split('/')) {
    const plain = segment.replace(/%2e/gi, '.');
    if (plain === '.' || plain === '..') return null;
  }
  let port = secure ? 443 : 80;
  if (hp[2] !== undefined) {
    const digits = hp[2].replace(/^0+/, '');
    if (digits.length < 1 || digits.length > 5 || Number(digits) > 65535) return null;
    port = Number(digits);
  }
  let host = hp[1];
  let local;
  if (host.startsWith('[')) {
    host = host.slice(1, -1);
    const groups = parseIPv6(host);
    if (!groups) return null;
    local = groups.every((g, i) => g === (i === 7 ? 1 : 0));
  } else {
    const v4 = parseIPv4(host);
    local = v4 ? v4[0] === 127 : host.toLowerCase() === 'localhost';
  }
  if (!secure && !local && !allowHttp) return null;
  return { secure, host, port, path: path.endsWith('/') ? path.slice(0, -1) : path };
}
