import { checkNotNegative, seconds } from '../../../ground/bound-arithmetic.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { CorosyncConf } from '../config/corosync-conf.ts';

/** Forming the new ring of those that are left: "about 50 ms" in corosync.conf(5) under `token`. */
const REFORM_MS = 50;

/** The token timeout in force in ms: one `token_coefficient` more for every node beyond two of the nodelist. */
export function realTokenMs(conf: CorosyncConf): number {
  return conf.token_ms + Math.max(0, conf.nodes - 2) * conf.token_coefficient_ms;
}

/** The consensus timeout in ms: as written, else 1.2 × the token timeout in force. */
export function consensusMs(conf: CorosyncConf): number {
  return conf.consensus_ms ?? Math.trunc((realTokenMs(conf) * 12) / 10);
}

/**
 * How long the ring's first node keeps the token when nobody has anything to say, in ms: as written, else
 * 0.8 × token_retransmit − 10, and token_retransmit is token / (token_retransmits_before_loss_const + 0.2)
 * unless written.
 */
export function holdMs(conf: CorosyncConf): number {
  const computed = Math.trunc(realTokenMs(conf) / (conf.token_retransmits_before_loss_const + 0.2));
  return conf.hold_ms ?? Math.trunc((conf.token_retransmit_ms ?? computed) * 0.8 - 10);
}

/**
 * From the moment a node falls silent to the survivors' new membership, in ms. Each survivor counts `token`
 * from the last token it got, then waits `consensus` for a join message of the lost node, then forms the
 * ring anew. Retransmissions of the token do not restart the count.
 *
 * Low: a fault can fall anywhere in the token's rotation, and a quiet ring rests for `hold` in each, so the
 * survivor may have been counting that long. It supposes that no token was lost on the way before. High:
 * the token came in the instant of the fault. A node that says goodbye is not waited for.
 */
export function nodeLossBound(conf: CorosyncConf): Bound {
  const token = realTokenMs(conf);
  const consensus = consensusMs(conf);
  const hold = Math.min(holdMs(conf), token);
  checkNotNegative({ token, consensus, hold });
  return {
    low: token - hold + consensus,
    high: token + consensus + REFORM_MS,
    from: `corosync: token ${seconds(token)} + consensus ${seconds(consensus)}, - up to ${seconds(hold)} (the token may be at rest), + up to ${seconds(REFORM_MS)} (new ring)`,
  };
}
