import { addressOf } from './haproxy-address.ts';
import { HAPROXY_SECTION } from './haproxy-conf.ts';
import { parseHaproxySyntax } from './haproxy-syntax.ts';

/**
 * The addresses that the `frontend` and `listen` sections of an haproxy.cfg are bound to (HAProxy Configuration Manual
 * §4.2, `bind`), as they are written: `bind :80`, which takes every address, and what is not an address of IP say nothing.
 */
export function boundAddresses(text: string, file: string): string[] {
  const found = new Set<string>();
  let section = '';
  for (const [first, second] of parseHaproxySyntax(text, file, [])) {
    if (HAPROXY_SECTION.test(first!.text)) section = first!.text;
    else if (first!.text === 'bind' && (section === 'frontend' || section === 'listen'))
      for (const one of second?.text.split(',') ?? []) {
        const { address } = addressOf(one);
        if (address !== undefined && address !== '*') found.add(address);
      }
  }
  return [...found];
}
