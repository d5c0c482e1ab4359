import { RequestError } from '../../shared/domain/errors.ts';
import { readUnsubscribeToken, type Unsubscriber, unsubscribedValue } from '../../shared/domain/unsubscribe-token.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { createSigner } from '../../shared/runtime/signer.ts';
import { changeConsentAt, readConsentAt } from '../../shared/store/consent.ts';
import { identityOfDigest } from '../../shared/store/identities.ts';
import { optOutKey } from '../../shared/store/keys.ts';
import { isQuietFor } from './consent.ts';
import type { HookParts } from './parts.ts';
import { askPage, donePage } from './unsubscribe-page.ts';

/** Shows the page that asks. Throws 404 for a token that is not ours. */
export async function showUnsubscribe(parts: HookParts, token: string): Promise<HttpResponse> {
  const unsubscriber = await verified(parts, token);
  return askPage(await nameOf(parts, unsubscriber));
}

/**
 * Ends marketing emails to the address that the token names, by one click in a mail program (RFC 8058) or by the page's
 * button, and answers when none is on its way any more. To repeat it changes nothing. Throws 404 for a token that is not
 * ours, and 400 for a body that does not ask for it.
 */
export async function unsubscribe(parts: HookParts, token: string, request: HttpRequest): Promise<HttpResponse> {
  const unsubscriber = await verified(parts, token);
  if (!(await isOneClick(request))) {
    throw new RequestError('invalid_request', 'The body must be the form List-Unsubscribe=One-Click.');
  }
  const { organization, identity, address } = unsubscriber;
  const key = optOutKey(organization, address, 'email');
  const { marketing } = await readConsentAt(parts.table, key);
  if (marketing?.on !== true) {
    await changeConsentAt(parts, key, { kind: 'marketing_stop', source: 'unsubscribe', reason: 'one-click' });
  }
  const isQuiet = await isQuietFor(parts, identityOfDigest(organization, 'email', identity));
  return donePage(await nameOf(parts, unsubscriber), { isQuiet });
}

async function verified({ pepper, observe }: HookParts, token: string): Promise<Unsubscriber> {
  const read = readUnsubscribeToken(token);
  const signer = createSigner(await pepper(), 'unsubscribe');
  if (read && signer.isOurs(unsubscribedValue(read.unsubscriber), read.signature)) return read.unsubscriber;
  observe.count('CallbackRefused');
  throw new RequestError('not_found', 'There is nothing at this address.');
}

const nameOf = async ({ configuration }: HookParts, { organization }: Unsubscriber): Promise<string> =>
  (await configuration.organization(organization))?.organization.name ?? 'this sender';

/** Both forms that RFC 8058 allows (section 3.2). */
async function isOneClick({ headers, body }: HttpRequest): Promise<boolean> {
  const sent = new Response(new Uint8Array(body), { headers: { 'content-type': headers['content-type'] ?? '' } });
  const form = await sent.formData().catch(() => undefined);
  return form?.get('List-Unsubscribe') === 'One-Click';
}
