import type { Once } from '../../shared/acceptance/once.ts';
import { acceptedAs } from '../../shared/acceptance/outcome.ts';
import { prepareRequest } from '../../shared/acceptance/prepare-request.ts';
import { BulkItemSchema, StartConversationSchema } from '../../shared/contracts/conversation-request.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import { onceFor } from './once-for.ts';
import type { PrepareRow } from './prepared-row.ts';

/**
 * A row that is a body of `POST /v2/conversations`, which has its effect once: by its `clientId` as an item of a bulk
 * request, else by its place in the file, where to come again is no repetition of the sender's.
 */
export const prepareStart: PrepareRow = async (parts, { caller, digest }, row) => {
  const json = row.json();
  const { clientId } = parseRequest(BulkItemSchema, json);
  const said = Object(json);
  const request = parseRequest(StartConversationSchema, {
    ...said,
    type: said.type ?? 'contact',
    organization: said.organization ?? caller.organization,
  });
  const isNamed = clientId !== undefined;
  const name = isNamed ? `clientId ${clientId}` : `row ${digest} ${row.number}`;
  const once: Once = { ...onceFor(caller.organization, name, json), ...(isNamed && { field: 'clientId' }) };
  const { about, accept } = await prepareRequest(parts, caller, request, once);
  return {
    about,
    async carryOut() {
      const started = await accept();
      return acceptedAs(isNamed ? started : { ...started, replayed: false });
    },
  };
};
