import type { LabTime } from '../ground/time.ts';
import type { Lab } from './lab.ts';

/** The lab's own clock, now. */
export async function labNow(lab: Lab): Promise<LabTime> {
  return (await lab.agent.call('hello', {})).now_ns;
}
