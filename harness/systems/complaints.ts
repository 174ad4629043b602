/** What a daemon said against its configuration. */
export interface Complaint {
  message: string;
  /** Of the file; undefined where the daemon names none. */
  line?: number;
}

const MOST = 10;
/** A date, the priority and the part of corosync that speaks. */
const COROSYNC_HEAD = /^\w{3} \d+ [\d:.]+ (?<priority>\w+) +\[\w+ *\] /;
const HAPROXY_HEAD = /^\[(?<priority>\w+)\] +\(\d+\) : /;
/** What says only that something was said. */
const EMPTY =
  /^(?:Corosync Cluster Engine exiting|config : Fatal errors found|config : Error\(s\) found|Configuration invalid|error: CIB did not pass schema validation)/;
/** What follows from another complaint: a schema's complaints come from the inside to the outside. */
const FOLLOWS =
  /^(?:Element \S+ has extra content|Extra element|Invalid sequence in interleave|Element \S+ failed to validate content)/;

/** The complaints in what a daemon's check of a file printed, at most ten; what it merely notes is left out. */
export function complaintsOf(
  { stdout, stderr, status }: { stdout: string; stderr: string; status: number },
  path: string,
): Complaint[] {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim());
  const found = lines.flatMap((line) => complaintOf(line, path) ?? []);
  const different = [...new Map(found.map((one) => [`${one.line} ${one.message}`, one])).values()];
  const first = different.filter(({ message }) => !FOLLOWS.test(message));
  if (different.length > 0) return (first.length > 0 ? first : different).slice(0, MOST);
  const last = lines.findLast((line) => line !== '');
  return [{ message: last ?? `ended with status ${status}, without a message` }];
}

function complaintOf(line: string, path: string): Complaint | undefined {
  const head = COROSYNC_HEAD.exec(line) ?? HAPROXY_HEAD.exec(line);
  if (head && !/^(?:error|crit|alert|emerg)/i.test(head.groups!.priority!)) return undefined;
  const words = line.slice(head?.[0].length ?? 0);
  if (words === '' || EMPTY.test(words) || /^(?:warning|notice|info): /.test(words)) return undefined;
  const { place, line: at } = placeIn(words, path);
  const message = words
    .replace(place, '')
    .replace(/^bird: /, '')
    .replace(/^(?:config ?: )?(?:parsing |Parsing )?(?:parser error: |error: )?/, '')
    .replace(/\.\.$/, '.')
    .trim();
  return { message, ...(at === undefined ? {} : { line: at }) };
}

/** `[FILE:12] :` of HAProxy, `FILE:12:` of corosync, `FILE:12:3` of BIRD. */
function placeIn(words: string, path: string): { place: string; line?: number } {
  const at = words.indexOf(`${path}:`);
  const match = at < 0 ? undefined : /^(\d+)(?::\d+)?\]? ?:? ?/.exec(words.slice(at + path.length + 1));
  if (!match) return { place: '' };
  const start = words[at - 1] === '[' ? at - 1 : at;
  return { place: words.slice(start, at + path.length + 1 + match[0].length), line: Number(match[1]) };
}
