/** What an upload is, by where it lies. */
export interface UploadName {
  /** Whom it is for. */
  readonly organization: string;
  readonly kind: 'csv' | 'ndjson';
  readonly isCompressed: boolean;
  /** The Amazon Pinpoint project whose endpoints it holds. Absent: its rows start conversations. */
  readonly project?: string;
}

const PLACE = /^imports\/([0-9a-f]{24})\/(?:pinpoint\/(?:([^/]+)\/)?)?/i;
const STARTS = /\.(csv|ndjson|jsonl)(\.gz)?$/i;
/** Pinpoint's own exports may be called `.gz` and no more. */
const ENDPOINTS = /(?:\.(csv|json|ndjson|jsonl)(\.gz)?|(\.gz))$/i;

/** Undefined for an object of another kind or place. */
export function readUploadName(key: string): UploadName | undefined {
  const [place = '', organization, project] = PLACE.exec(key) ?? [];
  const isPinpoint = /\/pinpoint\//i.test(place);
  const name = (isPinpoint ? ENDPOINTS : STARTS).exec(key);
  if (organization === undefined || !name || (isPinpoint && project === undefined)) return undefined;
  return {
    organization: organization.toLowerCase(),
    kind: name[1]?.toLowerCase() === 'csv' ? 'csv' : 'ndjson',
    isCompressed: (name[2] ?? name[3]) !== undefined,
    ...(project !== undefined && { project }),
  };
}
