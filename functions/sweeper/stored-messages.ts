import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { conversationOf, isMessageSk } from '../../shared/store/keys.ts';

/** The messages whose storing a stream event tells of; inbound ones are finished and need no tick. */
export const storedMessages = ({ Records }: DynamoDBStreamEvent): Tick[] =>
  Records.flatMap(({ eventName, dynamodb }) => {
    const item = dynamodb?.NewImage;
    const conversation = item?.pk?.S;
    const key = item?.sk?.S;
    const organization = item?.organization?.S;
    if (eventName !== 'INSERT' || conversation === undefined || key === undefined || organization === undefined)
      return [];
    return isMessageSk(key) && item?.state?.S !== 'done'
      ? [{ conversation: conversationOf(conversation), key, organization }]
      : [];
  });
