import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Modules that export one function, load much, and are called for few engines: by path and who asks. */
const DEFERRED = [
  { specifier: './ssh', parent: /\/docker-modem\/lib\/modem\.js$/ },
  { specifier: './session', parent: /\/dockerode\/lib\/docker\.js$/ },
];
// A path of its own: the module cache goes by path.
const MARK = '.deferred.cjs';

/** From now on these modules are loaded when they are first called. */
export function deferTransports() {
  registerHooks({
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
}
