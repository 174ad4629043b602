import { InputError } from '../../../ground/errors.ts';
import type { Findings } from '../../file-findings.ts';
import { realTokenMs } from '../findings/corosync-bounds.ts';
import { parseCorosyncConf } from './corosync-conf.ts';
import { lastOf, sectionsOf } from './corosync-sections.ts';
import type { CorosyncSection } from './corosync-syntax.ts';

/** knet refuses a pong timeout below 200 ms, and corosync's default for it is half of the token. */
const LEAST_KNET_TOKEN_MS = 400;

/** Notes what `corosync -t` takes and corosync 3.1.9 does not start with, or turns off. */
export function checkCorosyncStart(
  root: CorosyncSection,
  text: string,
  nodes: number,
  findings: Findings,
): void {
  const quorum = sectionsOf(root, 'quorum');
  const entry = (key: string) => lastOf(quorum, key);
  const isOn = (key: string) => Number(entry(key)?.value ?? 0) > 0;
  const votes = Number(entry('expected_votes')?.value ?? nodes);
  if (isOn('auto_tie_breaker') && isOn('last_man_standing') && votes % 2 === 1) {
    const message = `corosync does not start with auto_tie_breaker and last_man_standing where the number of votes is odd, here ${votes}`;
    findings.note(entry('last_man_standing')!.line, message);
  } else if (isOn('auto_tie_breaker') && isOn('two_node')) {
    findings.note(entry('two_node')!.line, 'auto_tie_breaker turns two_node off');
  }
  checkKnetToken(root, tokenMs(text, findings.file), nodes, findings);
}

function checkKnetToken(
  root: CorosyncSection,
  token_ms: number | undefined,
  nodes: number,
  findings: Findings,
): void {
  const totem = sectionsOf(root, 'totem');
  const is_knet = (lastOf(totem, 'transport')?.value ?? 'knet') === 'knet';
  const links = totem.flatMap((one) => sectionsOf(one, 'interface'));
  const has_timeout = lastOf(links, 'knet_ping_timeout') !== undefined;
  if (!is_knet || has_timeout || nodes === 0) return;
  if (token_ms === undefined || token_ms >= LEAST_KNET_TOKEN_MS) return;
  const message = `corosync does not start with a token of ${token_ms} ms: knet's pong timeout is half of it, and must be 200 ms or more unless an interface section gives knet_ping_interval and knet_ping_timeout`;
  findings.note(lastOf(totem, 'token')?.line ?? totem[0]?.line ?? 1, message);
}

/** undefined where the file is not read: that is reported elsewhere. */
function tokenMs(text: string, file: string): number | undefined {
  try {
    return realTokenMs(parseCorosyncConf(text, file));
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
