import type { Operations } from '../../shared/http/operation.ts';
import { CONTACT_OPERATIONS } from './contacts/operations.ts';
import { CONVERSATION_OPERATIONS } from './conversations/operations.ts';
import { MESSAGE_OPERATIONS } from './messages/operations.ts';

/** What the OpenAPI document says of every route; a test holds it to the route table. */
export const OPERATIONS: Operations = { ...CONVERSATION_OPERATIONS, ...MESSAGE_OPERATIONS, ...CONTACT_OPERATIONS };
