/** A broken release: every batch fails. */
export const handler = async (): Promise<never> => {
  throw new Error('a release that does nothing but fail');
};
