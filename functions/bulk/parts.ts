import type { AcceptanceParts } from '../../shared/acceptance/parts.ts';
import type { TokenVerifier } from '../../shared/auth/tokens.ts';

/** What a bulk request is served with; made once, in `handler.ts`. */
export interface BulkParts extends AcceptanceParts {
  readonly tokens: TokenVerifier;
  /** Items are begun this long after a request came, and not later: those at work must end before the function does. */
  readonly budgetMs: number;
}
