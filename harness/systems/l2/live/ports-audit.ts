import type { Audit } from '../../audit.ts';
import { judgePorts } from '../findings/judge-ports.ts';
import { auditSwitches } from './switch-audits.ts';

/** Every port of a machine is on its switch, in the datapath, and in its network. */
export const portsAudit: Audit = {
  name: 'ports',
  summary: 'each port of a machine is on its switch, has a place in the datapath, and the tag of its network',
  run: ({ lab }) => auditSwitches(lab, 'ports', judgePorts),
};
