import { ClientRequest } from 'node:http';
import { neededFor } from './needed-permissions.ts';
import { createAllowance, type Permission } from './permissions.ts';

/** As AWS's clients name it. */
class AccessDenied extends Error {
  override readonly name = 'AccessDeniedException';
}

/**
 * From now on a request of this thread to AWS fails, before it leaves, unless the permissions allow it: a grant that the
 * template lacks is found here and not at the first deployment. Other requests leave as they are.
 */
export function guardCalls(functionName: string, permissions: readonly Permission[]): void {
  const isAllowed = createAllowance(permissions);
  const { end } = ClientRequest.prototype;

  function denialOf(request: ClientRequest, body: unknown): Error | undefined {
    const header = (name: string) => request.getHeader(name)?.toString();
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : '';
    const denied = neededFor({ method: request.method, path: request.path, header, body: text }).find(
      ({ action, resource }) => !isAllowed(action, resource),
    );
    return denied && new AccessDenied(`${functionName} is not allowed to ${denied.action} on ${denied.resource}.`);
  }

  ClientRequest.prototype.end = function endIfAllowed(this: ClientRequest, ...args: unknown[]) {
    const denial = denialOf(this, args[0]);
    if (denial === undefined) return Reflect.apply(end, this, args);
    console.error(denial.message);
    return this.destroy(denial);
  } as typeof end;
}
