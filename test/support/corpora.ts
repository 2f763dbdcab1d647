/** Folder of the security corpora, which are no part of the project; undefined: not here. */
export const CORPORA = process.env['HARNESS_CORPORA'];
