import { isSecretName } from './secret-names.ts';

/** What is shown in place of a secret. */
export const MASK = '***';

/** Most text has none of these, and is not looked at any further. */
const HINT = /pass|pwd|secret|token|key|auth|credential|psk|:\/\//i;
const PRIVATE_KEY = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*/g;
/** A name and value of a CIB, or of anything in XML that is written so; an attribute holds no `<` (XML 1.0, 3.1). */
const NAMED_VALUE = /<\w+(?:[^<>"']|"[^"<]*"?|'[^'<]*'?)*/g;
/** RFC 3986, 3.2.1. */
const URL_USER = /(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g;
/** HAProxy Configuration Manual, "stats auth". */
const STATS_AUTH = /(\bstats[ \t]+auth[ \t]+[^\s:]+:)(\S+)/g;
/** keepalived.conf(5), `auth_pass`; HAProxy's `user NAME password` and `insecure-password`; `password` of its own line. */
const KEYWORD =
  /(\bauth_pass[ \t]+|\buser[ \t]+\S+[ \t]+(?:insecure-)?password[ \t]+|^[ \t]*password[ \t]+)("[^"\n]*"?|\S+)/gm;
const SET_ENVIRONMENT = /(\b(?:pre)?setenv[ \t]+)(\S+)([ \t]+)("[^"\n]*"?|\S+)/g;
const AUTHORIZATION =
  /(\bauthorization\b["']?:?[ \t]+["']?(?:basic|bearer|digest)(?:[ \t]|\\ )+)([^\s"']+)/gi;
/** A health check of Redis: `tcp-check send AUTH\ word\r\n`. */
const AUTH_COMMAND = /(\bsend[ \t]+["']?AUTH(?:[ \t]|\\ )+)([^\s"'\\]+)/g;
const OPTION = /((?<![\w-])--?([a-z][\w-]*)[ \t]+)("[^"\n]*"?|'[^'\n]*'?|[^\s-]\S*)/gi;
/** corosync.conf(5), `totem.key`: at least 1,024 bits. */
const COROSYNC_KEY = /(\bkey[ \t]*[:=]?[ \t]*)[A-Za-z0-9+/=]{32,}/g;
const ASSIGNMENT = /(?<![\w.-])[-.]*([A-Za-z_][\w.-]*)(["']?)[ \t]*([=:])[ \t]*/g;
const ASSIGNED = /"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|\S+/y;

/** Values of variables whose names say that they are secret. */
const kept = new Set<string>();
/** What is shorter, or only digits, would be found in what is not a secret. */
const SHORTEST_KEPT = 6;

/** Has a value masked wherever it is shown from now on: one that somebody gave for a variable with a secret's name. */
export function keepSecret(value: string): void {
  if (value.length >= SHORTEST_KEPT && !/^\d+$/.test(value)) kept.add(value);
}

/**
 * The text with `***` in place of what is secret in configuration files, in their daemons' words and on command lines:
 * passwords of keepalived, HAProxy and Pacemaker, corosync's key, private keys, users of URLs, values of options and
 * variables whose names say so. What is already masked stays as it is.
 */
export function maskSecrets(text: string): string {
  let shown = text;
  for (const value of kept) shown = shown.replaceAll(value, MASK);
  if (!HINT.test(shown)) return shown;
  shown = shown
    .replace(PRIVATE_KEY, `$1${MASK}`)
    .replace(NAMED_VALUE, maskNamedValue)
    .replace(URL_USER, `$1${MASK}`)
    .replace(STATS_AUTH, (_, head: string, value: string) => head + masked(value))
    .replace(KEYWORD, (_, head: string, value: string) => head + masked(value))
    .replace(SET_ENVIRONMENT, (whole, head: string, name: string, gap: string, value: string) =>
      isSecretName(name) ? head + name + gap + masked(value) : whole,
    )
    .replace(AUTHORIZATION, `$1${MASK}`)
    .replace(AUTH_COMMAND, `$1${MASK}`)
    .replace(COROSYNC_KEY, `$1${MASK}`);
  return maskAssignments(maskOptions(shown));
}

/** A document whose texts are masked, and so are those under a key that is a secret's name; its shape stays. */
export function maskIn<T>(document: T): T {
  if (typeof document === 'string') return maskSecrets(document) as T;
  if (Array.isArray(document)) return document.map((part) => maskIn(part)) as T;
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, part]) => [
      key,
      typeof part === 'string' && part !== '' && isSecretName(key) ? MASK : maskIn(part),
    ]),
  ) as T;
}

function maskNamedValue(tag: string): string {
  const name = /\sname[ \t]*=[ \t]*["']([^"']*)["']/.exec(tag)?.[1];
  if (name === undefined || !(isSecretName(name) || name === 'token')) return tag;
  return tag.replace(/(\svalue[ \t]*=[ \t]*)(?:"[^"]*("?)|'[^']*('?))/, (_, head: string, double, single) => {
    const quote = single === undefined ? '"' : "'";
    return `${head}${quote}${MASK}${(double ?? single) ? quote : ''}`;
  });
}

function maskOptions(text: string): string {
  return text.replace(OPTION, (whole, head: string, name: string, value: string) =>
    isSecretName(name) || name === 'token' ? head + masked(value) : whole,
  );
}

/** One after the other: what is assigned to a name that is not secret may hold another assignment. */
function maskAssignments(text: string): string {
  const parts: string[] = [];
  let done = 0;
  ASSIGNMENT.lastIndex = 0;
  for (let found = ASSIGNMENT.exec(text); found; found = ASSIGNMENT.exec(text)) {
    const [, name = '', quoted = '', sign = ''] = found;
    ASSIGNED.lastIndex = ASSIGNMENT.lastIndex;
    const value = ASSIGNED.exec(text)?.[0];
    if (value === undefined || !isAssigned(name, quoted !== '', sign, value)) continue;
    parts.push(text.slice(done, ASSIGNMENT.lastIndex), masked(value));
    done = ASSIGNMENT.lastIndex + value.length;
    ASSIGNMENT.lastIndex = done;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
}

/** Whether a secret is assigned; `lab/wrong-pass: why` is prose, and `token: 1000` a time of corosync. */
function isAssigned(name: string, quoted: boolean, sign: string, value: string): boolean {
  if (name === 'token') return (quoted || sign === '=') && !/^\d+(?:ms|s|m)?\b/.test(value);
  if (!isSecretName(name)) return false;
  return sign === '=' || quoted || !/-(?:pass|key|token|auth|psk)\d*$/.test(name);
}

/** Keeps quotes around a value, and what closes a clause behind it. */
function masked(value: string): string {
  const quote = value[0] === '"' || value[0] === "'" ? value[0] : '';
  if (quote) return quote + MASK + (value.length > 1 && value.endsWith(quote) ? quote : '');
  let end = value.length;
  while (end > 1 && '\'"`,;)]}'.includes(value[end - 1]!)) end -= 1;
  return MASK + value.slice(end);
}
