/** The model of every session unless a flag, the environment or the file names another. */
export const DEFAULT_MODEL = 'claude-opus-5-5';
