/** A running event source mapping. */
export interface Mapping {
  /** Takes no more work; resolves when what it had begun is done. */
  stop(): Promise<void>;
}
