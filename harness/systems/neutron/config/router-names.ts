import type { TenantFile } from './tenant-schema.ts';

type Routers = TenantFile['routers'];

/** The names of the routers that an entry of a tenant file stands for: its own, or one for each of its `count`. */
export function routerNames(name: string, { count }: Routers[string]): string[] {
  return count === undefined ? [name] : Array.from({ length: count }, (_, index) => `${name}${index + 1}`);
}

/** Each router of a tenant file by itself, in the order of the file. */
export function eachRouter(routers: Routers): Routers {
  const each = Object.entries(routers).flatMap(([name, router]) => {
    const { count: _, ...alone } = router;
    return routerNames(name, router).map((own) => [own, alone] as const);
  });
  return Object.fromEntries(each);
}
