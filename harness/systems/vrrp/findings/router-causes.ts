import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import { portWord } from '../../../observe/carried-ports.ts';
import type { Cause } from '../../system-analysis.ts';
import { mustMove } from './router-parts.ts';
import { slowestRouter } from './takeover.ts';
import type { RouterFindings } from './virtual-router.ts';

/**
 * What is lost behind an address alone, a balancer's process say, is back with the address. Where the victims stop
 * forwarding, a probe waits for the routers that it was seen to ask through, and for the slowest where none was seen.
 */
export function causesOf(found: readonly RouterFindings[], span: FaultSpan): Cause[] {
  const { fault } = span;
  const moving = found.filter((one) => (one.fault ?? fault).stops_forwarding && mustMove(one, span));
  const asked = fault.loss ? found : moving;
  const own = new Set(found.map(({ router: { vip } }) => vip));
  const slowest = slowestRouter(moving);
  const words = (one: RouterFindings) => new Set(one.ports?.map(portWord));
  // Where there is one router, whatever is routed waits for it.
  const but = new Set(found.length > 1 ? found.flatMap((one) => [...words(one)]) : []);
  return [
    ...asked.flatMap((one) => {
      const known = takeoverBound(one);
      return known
        ? [{ reaches: { kind: 'addresses', addresses: new Set([one.router.vip]) }, ...known } as const]
        : [];
    }),
    ...(slowest ? [{ reaches: { kind: 'routed', but, own }, ...takeoverBound(slowest) } as const] : []),
    ...(found.length > 1 ? moving : []).map(
      (one) => ({ reaches: { kind: 'carried', ports: words(one), own }, ...takeoverBound(one) }) as const,
    ),
    // Nobody took over: the owner serves again when its wires carry frames.
    ...found.flatMap((one) => {
      const gap = moving.includes(one) ? undefined : one.cut?.service?.gap;
      if (gap === undefined) return [];
      const reaches =
        found.length > 1
          ? ({ kind: 'carried', ports: words(one) } as const)
          : ({ kind: 'routed', but } as const);
      return [{ reaches, ...(typeof gap === 'string' ? { missing: gap } : { bound: gap }) }];
    }),
  ];
}

function takeoverBound({ bounds, missing_bounds }: RouterFindings): Omit<Cause, 'reaches'> | undefined {
  const bound = bounds['vip.takeover_ms'];
  if (bound) return { bound };
  const missing = missing_bounds['vip.takeover_ms'];
  return missing === undefined ? undefined : { missing };
}
