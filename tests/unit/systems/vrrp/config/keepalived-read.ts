import { formatPosition, type InputProblem } from '../../../../../harness/ground/errors.ts';
import { readKeepalivedConf } from '../../../../../harness/systems/vrrp/config/keepalived-conf.ts';

/** Reads a file. */
export const read = (text: string, config_id?: string) =>
  readKeepalivedConf({ text, file: 'k.conf', config_id });
/** A file with one instance, with this in its body, above and below it. */
export const one = (body: string, head = '', tail = '') =>
  read(
    `${head}\nvrrp_instance A {\n interface in\n virtual_router_id 5\n${body}\n virtual_ipaddress {\n 198.18.0.1\n }\n}\n${tail}`,
  );
/** The instance of such a file. */
export const instance = (...parts: Parameters<typeof one>) => one(...parts).instances[0]!;
/** Places and messages. */
export const said = (problems: readonly InputProblem[]) =>
  problems.map(({ message, position }) => `${position ? formatPosition(position) : ''} ${message}`);
