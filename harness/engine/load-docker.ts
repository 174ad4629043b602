import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';

/** Modules of the client that export one function, load much (SSH, gRPC), and are called for few engines. */
const DEFERRED = [
  { specifier: './ssh', parent: /\/docker-modem\/lib\/modem\.js$/ },
  { specifier: './session', parent: /\/dockerode\/lib\/docker\.js$/ },
];
/** A path of its own: the module cache goes by path. */
const MARK = '.deferred.cjs';

/**
 * The engine's client. Its SSH and gRPC transports take longer to load than all else that a short command
 * does, so each is loaded when it is first called.
 */
export async function loadDocker(): Promise<typeof Docker> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const isDeferred = DEFERRED.some(
        (one) => one.specifier === specifier && one.parent.test(context.parentURL ?? ''),
      );
      return isDeferred ? { ...resolved, url: resolved.url + MARK, format: 'commonjs' } : resolved;
    },
    load(url, context, next) {
      if (!url.endsWith(MARK)) return next(url, context);
      const path = JSON.stringify(fileURLToPath(url.slice(0, -MARK.length)));
      const source = `module.exports = (...args) => require(${path})(...args);`;
      return { format: 'commonjs', source, shortCircuit: true };
    },
  });
  try {
    return (await import('dockerode')).default;
  } finally {
    hooks.deregister();
  }
}
