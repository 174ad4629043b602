import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab } from '../../../lab/lab.ts';
import { auditEach } from '../../audit-each.ts';
import { untilPass } from '../../until-pass.ts';
import type { Switch } from '../config/load-switches.ts';
import type { SwitchLook } from '../findings/l2-facts.ts';
import { lookAtSwitch } from './look-at-switch.ts';
import { LabSwitches } from './switches.ts';

/** An agent that has just come back makes two turns. */
const SETTLE_MS = 5000;
const LOOK_AGAIN_MS = 500;

/** Looks at each switch of a lab until an audit finds nothing wrong, for some seconds. */
export function auditSwitches(
  lab: Lab,
  name: string,
  judge: (one: Switch, now: SwitchLook, before: SwitchLook | undefined) => AuditRecord,
): Promise<AuditRecord[]> {
  const switches = LabSwitches.of(lab);
  if (!switches) return Promise.resolve([]);
  return auditEach(
    name,
    switches.all,
    ({ node }) => `switch '${node}'`,
    (one) =>
      untilPass(SETTLE_MS, LOOK_AGAIN_MS, async () => {
        const now = await lookAtSwitch(lab, lab.node(one.node), 'after');
        return { record: judge(one, now, switches.before.get(one.node)) };
      }),
  );
}
