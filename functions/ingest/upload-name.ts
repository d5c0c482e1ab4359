/** What an upload is, by where it lies. */
export interface UploadName {
  /** Whom it is for. */
  readonly organization: string;
  readonly kind: 'csv' | 'ndjson';
  readonly isCompressed: boolean;
}

const NAME = /^imports\/([0-9a-f]{24})\/.*\.(csv|ndjson|jsonl)(\.gz)?$/i;

/** Undefined for an object of another kind or place. */
export function readUploadName(key: string): UploadName | undefined {
  const [, organization, ending, compression] = NAME.exec(key) ?? [];
  if (organization === undefined || ending === undefined) return undefined;
  return {
    organization: organization.toLowerCase(),
    kind: ending.toLowerCase() === 'csv' ? 'csv' : 'ndjson',
    isCompressed: compression !== undefined,
  };
}
