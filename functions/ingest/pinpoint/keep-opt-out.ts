import type { Touchpoint } from '../../../shared/domain/touchpoint.ts';
import { changeConsent } from '../../../shared/store/consent.ts';
import { digest } from '../../../shared/store/digest.ts';
import type { IngestParts } from '../parts.ts';
import type { DescribedEndpoint } from './describe-endpoint.ts';

export interface OptOutOf {
  readonly organization: string;
  /** Who told us. */
  readonly user: string;
  /** Names the endpoint. */
  readonly endpoint: string;
  /** Names the row, where nothing says when the endpoint changed. */
  readonly row: string;
}

/**
 * Stores that an address gets nothing any more, as its STOP would, from when the endpoint was changed last: whoever said
 * START here since keeps it. Told again it changes nothing. Answers where the address gets nothing now. Throws
 * StillContendedError.
 */
export async function keepOptOut(
  parts: IngestParts,
  { address, optedOut, changedAt }: DescribedEndpoint,
  { organization, user, endpoint, row }: OptOutOf,
): Promise<Touchpoint[]> {
  const named = changedAt === undefined ? row : `${endpoint} ${changedAt}`;
  const evidence = digest(await parts.pepper(), `pinpoint:${named}`);
  const consents = await Promise.all(
    optedOut.map((touchpoint) =>
      changeConsent(
        parts,
        { organization, touchpoint, matchKey: address.matchKey },
        {
          kind: 'stop',
          source: 'import',
          reason: 'pinpoint',
          evidence,
          by: user,
          ...(changedAt !== undefined && { at: changedAt }),
        },
      ),
    ),
  );
  return optedOut.filter((_touchpoint, index) => consents[index]?.stop?.on);
}
