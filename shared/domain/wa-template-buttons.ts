import type { ButtonUse } from './template-use.ts';
import { fillIn, placeholdersIn, type TemplateComponent } from './wa-template.ts';
import { isGiven, listOf, type Problem, plural, textFrom } from './wa-template-values.ts';

/** Meta's limits, in characters; a link's holds with its suffix filled in. */
const MOST: Readonly<Record<ButtonUse['type'], number>> = { quick_reply: 256, url: 2000, copy_code: 20 };

interface Button {
  readonly type: string;
  readonly url?: string;
}

/** What a button takes, and what it is called where it is missing; undefined for one that is as it is. */
function slotOf({ type, url }: Button): { type: ButtonUse['type']; needs?: string } | undefined {
  if (type === 'QUICK_REPLY') return { type: 'quick_reply' };
  if (type === 'URL' && placeholdersIn(url).length > 0) return { type: 'url', needs: 'url suffix' };
  if (type === 'COPY_CODE') return { type: 'copy_code', needs: 'code' };
  // The button that copies a one-time password is a link to Meta: its suffix is the password, as in the body.
  return type === 'OTP' ? { type: 'url', needs: 'code' } : undefined;
}

/** Fills in the buttons that take a value, by their order. `password` is the one that the body shows. */
export function fillButtons(
  component: TemplateComponent | undefined,
  given: unknown,
  password: string | undefined,
): { problems: readonly Problem[]; uses: ButtonUse[] } {
  const buttons = component?.buttons ?? [];
  const values = listOf(given);
  const filled = buttons.map((button, index) =>
    fillButton(button, index, values[index] ?? (button.type === 'OTP' ? password : undefined)),
  );
  const tooMany = { says: `has ${plural(buttons.length, 'button')}, not ${values.length}` };
  return {
    problems: [...filled.flatMap(({ problem }) => problem ?? []), ...(values.length > buttons.length ? [tooMany] : [])],
    uses: filled.flatMap(({ use }) => use ?? []),
  };
}

function fillButton(button: Button, index: number, given: unknown): { problem?: Problem; use?: ButtonUse } {
  const slot = slotOf(button);
  const value = textFrom(given);
  if (!slot) return isGiven(given) ? { problem: { says: `has a button ${index + 1} that takes no value` } } : {};
  if (value === undefined) return slot.needs ? { problem: { needs: `button ${index + 1}'s ${slot.needs}` } } : {};
  const length = slot.type === 'url' ? fillIn(button.url ?? '', () => value).length : value.length;
  const most = MOST[slot.type];
  if (length > most) return { problem: { says: `takes at most ${most} characters for button ${index + 1}` } };
  return { use: { index, type: slot.type, value } };
}
