import { fieldOf, isEntity } from './fields.ts';
import type { Entity, Store, Values } from './store.ts';

/** Whether a thing meets one of Linear's filters: comparators, relations, `and`, `or`, `some`, `every`. */
export function meets(store: Store, entity: Entity, filter: unknown): boolean {
  return Object.entries(valuesOf(filter)).every(([name, wanted]) => {
    if (wanted === undefined || wanted === null) return true;
    if (name === 'and') return listOf(wanted).every((part) => meets(store, entity, part));
    if (name === 'or') return listOf(wanted).some((part) => meets(store, entity, part));
    return meetsField(store, fieldOf(store, entity, name), wanted);
  });
}

function meetsField(store: Store, value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value) && value.every(isEntity)) return meetsList(store, value, wanted);
  const { null: absent, ...rest } = valuesOf(wanted);
  if (typeof absent === 'boolean' && ((value ?? null) === null) !== absent) return false;
  if (isEntity(value)) return meets(store, value, rest);
  if ((value ?? null) === null) return absent === true || onlyNegative(rest);
  return Object.entries(rest).every(([how, given]) => compare(how, value, given));
}

/** `neq` and `nin` hold for what is not there. */
function onlyNegative(comparator: Values): boolean {
  const names = Object.keys(comparator);
  return names.length > 0 && names.every((name) => name === 'neq' || name === 'nin');
}

function meetsList(store: Store, list: readonly Entity[], wanted: unknown): boolean {
  const each = (part: unknown) => (entity: Entity) => meets(store, entity, part);
  return Object.entries(valuesOf(wanted)).every(([how, part]) => {
    if (how === 'length') return meetsField(store, list.length, part);
    if (how === 'every') return list.every(each(part));
    if (how === 'and') return listOf(part).every((one) => meetsList(store, list, one));
    if (how === 'or') return listOf(part).some((one) => meetsList(store, list, one));
    return list.some(each(how === 'some' ? part : { [how]: part }));
  });
}

const COMPARATORS: Readonly<Record<string, (value: unknown, given: unknown) => boolean>> = {
  eq: (value, given) => value === given,
  neq: (value, given) => value !== given,
  in: (value, given) => listOf(given).includes(value),
  nin: (value, given) => !listOf(given).includes(value),
  eqIgnoreCase: (value, given) => lower(value) === lower(given),
  contains: (value, given) => String(value).includes(String(given)),
  notContains: (value, given) => !String(value).includes(String(given)),
  containsIgnoreCase: (value, given) => lower(value).includes(lower(given)),
  startsWith: (value, given) => String(value).startsWith(String(given)),
  endsWith: (value, given) => String(value).endsWith(String(given)),
  gt: (value, given) => rank(value) > rank(given),
  gte: (value, given) => rank(value) >= rank(given),
  lt: (value, given) => rank(value) < rank(given),
  lte: (value, given) => rank(value) <= rank(given),
};

function compare(how: string, value: unknown, given: unknown): boolean {
  const comparator = COMPARATORS[how];
  if (comparator === undefined) throw new Error(`the fake has no comparator ${how}`);
  return comparator(value, given);
}

function rank(value: unknown): number {
  return typeof value === 'number' ? value : Date.parse(String(value));
}

function lower(value: unknown): string {
  return String(value).toLowerCase();
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function valuesOf(value: unknown): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
