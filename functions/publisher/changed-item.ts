import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Change } from '../../shared/store/inboxes.ts';
import type { Item } from '../../shared/store/table.ts';

/** What one record of the table's stream tells. */
export interface ChangedItem extends Change {
  /** Of the record: the same however often it is read. */
  readonly record: string;
  /** When it was written, epoch milliseconds, to the second. */
  readonly writtenAt: number;
}

const imageOf = (image: unknown): Item | undefined =>
  image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>);

export const changedItemOf = ({ eventID = '', dynamodb }: DynamoDBRecord): ChangedItem => ({
  record: eventID,
  writtenAt: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000,
  before: imageOf(dynamodb?.OldImage),
  after: imageOf(dynamodb?.NewImage),
});
