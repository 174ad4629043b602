import type { LabTime } from '../../../ground/time.ts';

/** A member was asked to have another one fenced: the moment of the decision. */
export interface FencingDecision {
  at_ns: LabTime;
  /** The member that decided. */
  by: string;
  target: string;
  /** `reboot` or `off`. */
  action: string;
}

/** Of Pacemaker's controller (3.0: controld_fencing.c, controld_execute_fence_action; 2.1 says the same of a peer). */
const REQUEST = /pacemaker-controld.*Requesting (?:peer )?fencing \((\w+)\) (?:targeting|of) (?:node )?(\S+)/;
const KEPT =
  /Requesting (?:peer )?fencing |was (?:not )?terminated |No fence device|fencing .* failed|Fence operation/i;
const TIME = /^(\w{3}) +(\d+) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))? /;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Of what Pacemaker logged, the lines that are about fencing: its log is long. */
export function fencingLines(log: string): string {
  return log
    .split(/(?<=\n)/)
    .filter((line) => line.endsWith('\n') && KEPT.test(line))
    .join('');
}

/**
 * When a member's controller asked for others to be fenced, as its log says. The log's times are those of a node, whose
 * time zone is UTC, without a year: the one is taken that is nearest to the lab's.
 * @param epoch_ns of the lab, in ns since 1970.
 */
export function fencingDecisions(log: string, by: string, epoch_ns: bigint): FencingDecision[] {
  return log.split('\n').flatMap((line) => {
    const request = REQUEST.exec(line);
    const at_ms = request ? timeOf(line, Number(epoch_ns / 1_000_000n)) : undefined;
    if (!request || at_ms === undefined) return [];
    const at_ns = Number(BigInt(Math.round(at_ms * 1000)) * 1000n - epoch_ns);
    return [{ at_ns, by, target: request[2]!, action: request[1]! }];
  });
}

/** In ms since 1970. */
function timeOf(line: string, near_ms: number): number | undefined {
  const [, month = '', ...rest] = TIME.exec(line) ?? [];
  const at = MONTHS.indexOf(month);
  if (at < 0) return undefined;
  const [day, hours, minutes, seconds] = rest.map(Number);
  const fraction_ms = Number(`0.${rest[4] ?? '0'}`) * 1000;
  const year = new Date(near_ms).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].map(
    (one) => Date.UTC(one, at, day, hours, minutes, seconds) + fraction_ms,
  );
  return candidates.toSorted((a, b) => Math.abs(a - near_ms) - Math.abs(b - near_ms))[0];
}
