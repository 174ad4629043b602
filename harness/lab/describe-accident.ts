/**
 * What the engine reports of a container, and what it means when somebody else did it: the most telling first. A
 * `docker restart` is reported as kill, stop, start and restart. Podman calls the end of a removal `remove`.
 */
const MEANINGS: readonly (readonly [act: string, meaning: string])[] = [
  ['destroy', 'was removed'],
  ['remove', 'was removed'],
  ['restart', 'was restarted'],
  ['pause', 'was paused'],
  ['unpause', 'was unpaused'],
  ['start', 'was started'],
  ['stop', 'was stopped'],
  ['kill', 'was sent a signal'],
];

/** Whether such an event, unless hadrill asked for it, says that somebody else has interfered with the container. */
export function isInterference(act: string): boolean {
  return MEANINGS.some(([known]) => known === act);
}

/** @param acts the engine's words; at least one of them is an interference. @param at its time, RFC 3339. */
export function describeAccident(node: string, acts: ReadonlySet<string>, at: string): string {
  const known = MEANINGS.filter(([act]) => acts.has(act));
  const whole = ['destroy', 'remove', 'restart'].some((act) => acts.has(act));
  // What comes with being removed, restarted or stopped goes without saying; a pause and its end do not.
  const words = (whole ? known.slice(0, 1) : known)
    .filter(([act]) => act !== 'kill' || known.length === 1)
    .map(([, meaning]) => meaning);
  const who = node === 'fabric' ? "the lab's fabric" : `node '${node}'`;
  return `${who} ${words.join(' and ')} from outside at ${at}`;
}
