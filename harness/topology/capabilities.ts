import { didYouMean } from '../ground/near-name.ts';
import { joinLists, type Layer } from './inheritance.ts';
import type { ResolveContext } from './resolve-context.ts';

/** capabilities(7), without the prefix CAP_. */
const CAPABILITIES = new Set(
  `AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
   FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN
   NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT
   SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG
   WAKE_ALARM`.split(/\s+/),
);

/** The capabilities that a node is given, each once, as Docker writes them: `NET_ADMIN`. */
export function resolveCapabilities(context: ResolveContext, layers: readonly Layer[]): string[] {
  const names = new Set<string>();
  for (const { value, path } of joinLists(layers, 'cap-add')) {
    const name = value.toUpperCase().replace(/^CAP_/, '');
    if (name === 'ALL') {
      context.report(
        path,
        "'cap-add: ALL' is refused: a lab runs with the least privilege; list what the node needs",
      );
    } else if (!CAPABILITIES.has(name)) {
      context.report(
        path,
        `unknown capability '${value}'${didYouMean(name, CAPABILITIES)}; see capabilities(7)`,
      );
    }
    names.add(name);
  }
  return [...names];
}
