import { invalid, RequestError } from './errors.ts';
import type { Alternative } from './message.ts';
import type { Touchpoint } from './touchpoint.ts';

/** Codes of refusals that stand against a touchpoint as things are, and not against what is written. */
const UNUSABLE: ReadonlySet<string> = new Set(['touchpoint_unavailable', 'template_required']);

/**
 * A message by the first of its touchpoints that can be used, with the others that can. Throws 400 when none can, and
 * for what is wrong with the message by any of them.
 */
export function firstUsable<Accepted extends Alternative>(
  touchpoints: readonly Touchpoint[],
  path: string,
  accept: (touchpoint: Touchpoint) => Accepted,
): Accepted & { otherwise?: readonly Alternative[] } {
  const reasons: string[] = [];
  const [first, ...others] = touchpoints.flatMap((touchpoint) => {
    try {
      return [accept(touchpoint)];
    } catch (error) {
      if (!(error instanceof RequestError) || !UNUSABLE.has(error.code)) throw error;
      reasons.push(error.message);
      return [];
    }
  });
  if (!first) throw invalid(path, `has none that can be used: ${reasons.join('; ')}`, 'touchpoint_unavailable');
  return { ...first, ...(others.length > 0 && { otherwise: others.map(asAlternative) }) };
}

const asAlternative = ({ touchpoint, text, template, fallback }: Alternative): Alternative => ({
  touchpoint,
  ...(text !== undefined && { text }),
  ...(template && { template }),
  ...(fallback && { fallback }),
});
