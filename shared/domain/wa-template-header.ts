import type { HeaderUse } from './template-use.ts';
import { fillIn, placeholdersIn, type TemplateComponent } from './wa-template.ts';
import { isGiven, listOf, type Problem, placeProblems, textFrom } from './wa-template-values.ts';

/** Meta's limits, in characters; the header's holds for the text as it is filled in. */
const MAX_HEADER = 60;
const MAX_LINK = 2000;

interface FilledHeader {
  readonly problems: readonly Problem[];
  readonly use?: HeaderUse;
}

const problem = (...problems: readonly Problem[]): FilledHeader => ({ problems });
const filled = (use: HeaderUse): FilledHeader => ({ problems: [], use });

/** Fills in a header: a text's one place, the link of a picture, video or document, or a location. */
export function fillHeader(header: TemplateComponent | undefined, given: unknown): FilledHeader {
  switch (header?.format ?? 'TEXT') {
    case 'TEXT':
      return fillText(header?.text ?? '', given);
    case 'IMAGE':
      return fillMedia('image', given);
    case 'VIDEO':
      return fillMedia('video', given);
    case 'DOCUMENT':
      return fillMedia('document', given);
    case 'LOCATION':
      return fillLocation(given);
    default:
      return problem({ says: `has a header ${header?.format} that is not known` });
  }
}

function fillText(text: string, given: unknown): FilledHeader {
  const [place] = placeholdersIn(text);
  if (place === undefined) return isGiven(given) ? problem({ says: 'has no header to fill in' }) : problem();
  const value = textFrom(listOf(given)[0]);
  const problems = placeProblems(`the header's {{${place}}}`, value);
  if (value === undefined || problems.length > 0) return problem(...problems);
  const { length } = fillIn(text, () => value);
  if (length > MAX_HEADER)
    return problem({ says: `has a header of ${length} characters then, more than the ${MAX_HEADER} of WhatsApp` });
  return filled({ type: 'text', text: value, ...(!/^\d+$/.test(place) && { name: place }) });
}

function fillMedia(type: 'image' | 'video' | 'document', given: unknown): FilledHeader {
  const [link, filename] = listOf(given).map(textFrom);
  if (link === undefined || !isHttps(link)) return problem({ needs: `an https link to the header's ${type}` });
  return filled(type === 'document' ? { type, link, ...(filename && { filename }) } : { type, link });
}

const isHttps = (link: string): boolean =>
  link.length <= MAX_LINK && URL.canParse(link) && new URL(link).protocol === 'https:';

function fillLocation(given: unknown): FilledHeader {
  const [latitude = '', longitude = '', name, address] = listOf(given).map(textFrom);
  const isPlace = isDegree(latitude, 90) && isDegree(longitude, 180);
  if (!isPlace) return problem({ needs: "the header's location: latitude, longitude, name and address" });
  return filled({
    type: 'location',
    latitude: Number(latitude),
    longitude: Number(longitude),
    ...(name && { name }),
    ...(address && { address }),
  });
}

const isDegree = (value: string, most: number): boolean => value !== '' && Math.abs(Number(value)) <= most;
