import { errorTable } from '../error-table.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const PACIFIC_TIME = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

/** Daily caps of US carriers start anew at 00:00 US Pacific. An hour off on the two days when clocks change. */
function untilPacificMidnight(now: number): number {
  const part = (type: string) => Number(PACIFIC_TIME.formatToParts(now).find((found) => found.type === type)?.value);
  return 24 * HOUR_MS - ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000;
}

/**
 * Twilio's error codes, in answers and in callbacks. Source: www.twilio.com/docs/api/errors, and the pages of the
 * single codes. Twilio warns that the code of a message may change, so unknown ones are judged by where they occurred.
 */
export const TWILIO_ERRORS = errorTable([
  ['20429', 'throttled', 'account'],
  ['20500 20503', 'ambiguous', 'request'],
  ['20003 20404 30002', 'permanent', 'account'],
  ['21211 21214 21217 21604', 'permanent', 'recipient', { effect: 'suppress' }],
  ['21614 30005 30006', 'permanent', 'recipient', { effect: 'suppress' }],
  ['21612 21703', 'permanent', 'pair'],
  ['21610', 'permanent', 'recipient', { effect: 'opt_out' }],
  ['30004', 'permanent', 'recipient', { effect: 'suppress' }],
  ['30003', 'retryable', 'recipient', { retryAfterMs: 2 * HOUR_MS }],
  ['30007', 'permanent', 'content'],
  ['30008', 'retryable', 'recipient'],
  ['21611 30001 30017 63017 63018', 'throttled', 'sender'],
  ['30022', 'throttled', 'sender'],
  ['30023 30027 63038', 'throttled', 'account', { retryAfterMs: untilPacificMidnight }],
  ['30036', 'retryable', 'request'],
  ['30450', 'throttled', 'account', { retryAfterMs: 30 * MINUTE_MS }],
  ['30610', 'retryable', 'recipient', { retryAfterMs: HOUR_MS }],
  ['30640', 'permanent', 'recipient', { effect: 'suppress' }],
  ['21408 21608 63020', 'permanent', 'account'],
  ['21212 21603 21606 21701 21704 30018 30024 30032 30034 30035 63007 63051', 'permanent', 'sender'],
  ['21602 21609 21617 21620 21654 21655 21656 63021 63028', 'permanent', 'request'],
  ['63016', 'permanent', 'content', { effect: 'needs_template' }],
  ['63003 63024 63032 63033', 'permanent', 'recipient'],
  ['63027 63040 63041 63042', 'permanent', 'template', { effect: 'template_off' }],
]);
