import type { FailureClass, Rejected } from '../provider.ts';

const HOUR_MS = 3_600_000;

export interface SesErrorRow {
  /** Error names without a trailing `Exception`: the Query API and the SDK do not agree on it. */
  readonly names: readonly string[];
  /** The row holds only for messages that say this. */
  readonly says?: RegExp;
  readonly class: FailureClass;
  readonly scope: Rejected['scope'];
  readonly retryAfterMs?: number;
}

/**
 * What SES answers to `SendRawEmail`; the first row that fits decides. Source: docs.aws.amazon.com/ses, "API error
 * codes", "Amazon SES email sending errors", "Errors related to the sending quotas", and the common errors of AWS APIs.
 */
const SES_ERRORS: readonly SesErrorRow[] = [
  {
    names: ['Throttling'],
    says: /daily (message|sending) quota/i,
    class: 'throttled',
    scope: 'account',
    retryAfterMs: HOUR_MS,
  },
  { names: ['Throttling', 'TooManyRequests', 'RequestLimitExceeded'], class: 'throttled', scope: 'account' },
  { names: ['MessageRejected'], says: /not verified/i, class: 'permanent', scope: 'sender' },
  { names: ['MessageRejected'], class: 'permanent', scope: 'content' },
  {
    names: ['MailFromDomainNotVerified', 'FromEmailAddressNotVerified'],
    class: 'permanent',
    scope: 'sender',
  },
  { names: ['ConfigurationSetDoesNotExist'], class: 'permanent', scope: 'sender' },
  {
    names: ['AccountSendingPaused', 'ConfigurationSetSendingPaused', 'LimitExceeded'],
    class: 'permanent',
    scope: 'account',
  },
  {
    names: [
      'AccessDenied',
      'CredentialsProviderError',
      'ExpiredToken',
      'IncompleteSignature',
      'InvalidClientTokenId',
      'MissingAuthenticationToken',
      'OptInRequired',
      'RequestExpired',
      'SignatureDoesNotMatch',
      'UnrecognizedClient',
    ],
    class: 'permanent',
    scope: 'account',
  },
  { names: ['InvalidParameterValue'], says: /address|domain/i, class: 'permanent', scope: 'recipient' },
  {
    names: ['InvalidParameterValue', 'InvalidParameterCombination', 'MissingParameter', 'ValidationError'],
    class: 'permanent',
    scope: 'request',
  },
];

export function sesErrorRow(name: string, message: string): SesErrorRow | undefined {
  const bare = name.replace(/Exception$/, '');
  return SES_ERRORS.find(({ names, says }) => names.includes(bare) && (says?.test(message) ?? true));
}
