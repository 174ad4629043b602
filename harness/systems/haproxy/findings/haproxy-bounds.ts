import { seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { HaproxyServer } from '../config/haproxy-conf.ts';

/**
 * How a server fails, as its checks feel it. `refused`: its machine answers that nothing listens (a killed
 * daemon). `silent`: no packet comes back (a lost node, a cut link). `mute`: connections are accepted and then
 * nothing is said (a stopped daemon); only a check that asks something (`option httpchk`) notices it.
 */
export type ServerFailure = 'refused' | 'silent' | 'mute';

/**
 * The longest a failed check takes, in ms (manual, `timeout check`): a connection is waited for as long as the
 * shorter of `inter` and `timeout connect`, then `timeout check` for the answer; without a `timeout check`,
 * `inter` for both together.
 */
export function failedCheckMs(server: HaproxyServer, failure: ServerFailure): number {
  const { inter_ms, timeout_check_ms, timeout_connect_ms } = server;
  if (failure === 'refused') return 0;
  if (failure === 'mute' || timeout_check_ms === undefined) return timeout_check_ms ?? inter_ms;
  return Math.min(inter_ms, timeout_connect_ms ?? inter_ms);
}

/**
 * From a server's failure until HAProxy sends it nothing more, in ms. HAProxy pauses from the end of one check
 * to the start of the next: `inter` while all is well, `fastinter` after the first failure (manual §5.2).
 *
 * Low: a check is under way and fails in the instant of the fault; `fall` − 1 more have to, each after a
 * pause. Only `mute` checks surely last to their timeout: a kernel may find out sooner that a silent machine
 * cannot be reached. High: a check has just succeeded, so the first to fail starts after a whole `inter`; or a
 * check had its connection already and waits for `timeout check`, if that is longer. With `observe` live
 * traffic may be quicker than any check, so nothing is promised at the low end.
 * @throws InputError when the server is not checked, or something else is that may live on without it.
 */
export function serverDropBound(server: HaproxyServer, failure: ServerFailure): Bound {
  checkChecked(server);
  checkSameFate(server, failure);
  const failed = failedCheckMs(server, failure);
  const { fall, inter_ms, fastinter_ms } = server;
  const [short, long] = spread(server);
  const first = inter_ms * long + failed;
  const connected = failure === 'silent' ? (server.timeout_check_ms ?? 0) : 0;
  const surely = failure === 'mute' ? failed : 0;
  return {
    low: server.observe ? 0 : (fall - 1) * (fastinter_ms * short + surely),
    high: Math.max(first, connected) + (fall - 1) * (fastinter_ms * long + failed),
    from: `HAProxy: up to inter ${seconds(inter_ms)} + ${fall - 1} x fastinter ${seconds(fastinter_ms)} + ${fall} x failed check ${seconds(failed)}${connected > first ? `, or timeout check ${seconds(connected)} first` : ''}${spreadWords(server)}${server.observe ? '; at once by observe' : ''}`,
  };
}

function checkChecked(server: HaproxyServer): void {
  if (server.check) return;
  if (server.track !== undefined) {
    throw new InputError(
      `server ${server.backend}/${server.name} goes up and down with '${server.track}' (track): it has no check of its own`,
    );
  }
  throw new InputError(`server ${server.backend}/${server.name} has no health check: it is never dropped`, {
    remedy: "Add 'check' to its line or to default-server.",
  });
}

/** A check of another address, or of another process where only one was lost, may go on well. */
function checkSameFate(server: HaproxyServer, failure: ServerFailure): void {
  const { backend, name, address, check_address, check_port } = server;
  const other =
    check_address !== undefined && check_address !== address
      ? `address ${check_address} (addr)`
      : check_port !== undefined && check_port !== server.port && failure !== 'silent'
        ? `port ${check_port} (port)`
        : undefined;
  if (other === undefined) return;
  throw new InputError(
    `server ${backend}/${name} is checked at ${other}: whether that is lost with it is not known`,
  );
}

function spread(server: HaproxyServer): [short: number, long: number] {
  return [1 - server.spread_percent / 100, 1 + server.spread_percent / 100];
}

function spreadWords(server: HaproxyServer): string {
  return server.spread_percent > 0 ? `, each pause +/- ${server.spread_percent} % (spread-checks)` : '';
}
