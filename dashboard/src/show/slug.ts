/** The id of a question as one piece of an address: ids hold slashes. */
export function slugOf(id: string): string {
  return id.replaceAll('/', '~');
}
