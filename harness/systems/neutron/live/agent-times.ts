import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import type { NeutronTimes } from '../findings/neutron-facts.ts';

const FILE = '/etc/neutron/neutron.conf';
/** Neutron's own defaults, in s. */
const DEFAULTS = { agent_down_time: 75, report_interval: 30, check_child_processes_interval: 60 };

/** The times by which Neutron notices what is gone, as the control node's neutron.conf has them; undefined without one. */
export async function neutronTimes(lab: Lab, control: LabNode): Promise<NeutronTimes | undefined> {
  const text = await readNodeFile(lab, control.pid, FILE);
  return text === undefined ? undefined : timesIn(text);
}

/** As a neutron.conf says them; a line that is commented out says nothing. */
export function timesIn(text: string): NeutronTimes {
  const seconds = (name: keyof typeof DEFAULTS) => {
    const said = new RegExp(`^\\s*${name}\\s*=\\s*(\\d+(?:\\.\\d+)?)\\s*$`, 'm').exec(text)?.[1];
    return said === undefined ? DEFAULTS[name] : Number(said);
  };
  return {
    agent_down_ms: seconds('agent_down_time') * 1000,
    report_interval_ms: seconds('report_interval') * 1000,
    check_processes_ms: seconds('check_child_processes_interval') * 1000,
  };
}
